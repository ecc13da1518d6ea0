import * as fs from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { SimulatedCommand } from "./simulate.suite.ts";

/** Paths are few, so that operations meet. */
const NAMES = ["a", "b", "c", "d/a", "d/b", "d/e/a", "f/a", "f/b"];

/** What a command may do, as data. */
export type Operation =
  | { op: "write" | "append" | "replace"; path: string; content: string }
  | { op: "remove" | "mkdir"; path: string }
  | { op: "rename" | "link" | "symlink"; path: string; to: string }
  | { op: "chmod"; path: string; mode: number };

const path = fc.constantFrom(...NAMES, "d", "d/e", "f", "g", "d/g");
const content = fc.constantFrom("", "one\n", "two\n", "three, and longer\n");

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constantFrom("write", "append", "replace"), path, content }),
  fc.record({ op: fc.constantFrom("remove", "mkdir"), path }),
  fc.record({ op: fc.constantFrom("rename", "rename", "link", "symlink"), path, to: path }),
  fc.record({ op: fc.constant("chmod" as const), path, mode: fc.constantFrom(0o600, 0o644, 0o755, 0o700) }),
);

/** A tree to begin with: some of the paths, each as a file. */
export const beginning = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: NAMES.length });

/** Does it if it can be done; a command that fails leaves things as they are. */
export function perform(command: SimulatedCommand, root: string, each: Operation): void {
  try {
    attempt(command, root, each);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

function attempt(command: SimulatedCommand, root: string, each: Operation): void {
  const at = join(root, each.path);
  switch (each.op) {
    case "write":
      command.write(at, each.content);
      break;
    case "append":
      command.append(at, each.content);
      break;
    case "replace":
      if (fs.lstatSync(at).isFile()) command.replace(at, each.content);
      break;
    case "remove":
      command.removeAll(at);
      break;
    case "mkdir":
      command.mkdir(at);
      break;
    case "rename":
      command.rename(at, join(root, each.to));
      break;
    case "link":
      command.link(at, join(root, each.to));
      break;
    case "symlink":
      command.symlink(each.to, at);
      break;
    case "chmod":
      command.chmod(at, fs.statSync(at).isDirectory() ? each.mode | 0o700 : each.mode);
  }
}
