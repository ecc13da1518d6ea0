import { fstatSync } from "node:fs";
import type { NamedRead } from "../../base/index.ts";
import type { Host } from "../contract.ts";
import { fedByPipeline } from "./pipeline.ts";

/** What lies on standard input beside a prompt that was given as an argument. */
export type Piped =
  /** A terminal, a device, or nothing at all. */
  | { type: "none" }
  | { type: "read"; read: NamedRead }
  /** An open pipe into which nobody of this pipeline writes: it would hold the run up for ever. */
  | { type: "silent" };

/**
 * Time in ms that an open pipe gets for its first byte or its end, when no program of this pipeline writes into it. A
 * parent that wants to hand text over has written it by then: starting moat alone takes a third of this.
 */
const FIRST_BYTE_MS = 100;

/**
 * Reads what was piped in, without ever waiting for a pipe that nobody feeds. A file is read whole. A pipe whose first byte
 * or end comes at once, or whose writer is a program of the same shell pipeline (however slow), is read to its end.
 */
export async function readPiped(host: Pick<Host, "readStdin">): Promise<Piped> {
  const kind = kindOfStdin();
  if (kind === "none") return { type: "none" };
  const first = Promise.withResolvers<void>();
  const whole = host.readStdin(first.resolve);
  const waits = kind === "pipe" && !(await settlesWithin(first.promise, FIRST_BYTE_MS));
  return waits && !fedByPipeline() ? { type: "silent" } : { type: "read", read: await whole };
}

function kindOfStdin(): "none" | "file" | "pipe" {
  try {
    const stat = fstatSync(0);
    if (stat.isFile()) return "file";
    return stat.isFIFO() || stat.isSocket() ? "pipe" : "none";
  } catch {
    return "none";
  }
}

async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeout.resolve(false), ms);
  const settled = await Promise.race([promise.then(() => true), timeout.promise]);
  clearTimeout(timer);
  return settled;
}
