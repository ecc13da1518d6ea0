import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A directory of its own under the system's temporary directory. */
export interface TempProject extends Disposable {
  /** Absolute, without symlinks. */
  readonly dir: string;
  path(name: string): string;
  write(name: string, content: string | Uint8Array, mode?: number): void;
  read(name: string): string;
  /** Removes the directory. Also at the end of a `using` block. */
  remove(): void;
}

/** A picture of one pixel, as a PNG file. */
export const PIXEL_PNG: Uint8Array = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Makes a temporary project with these files. `git`: also an empty repository in it, with an identity for commits. */
export function tempProject(
  files: Record<string, string | Uint8Array> = {},
  options: { git?: boolean } = {},
): TempProject {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "moat-project-")));
  const path = (name: string) => join(dir, name);
  const project: TempProject = {
    dir,
    path,
    write(name, content, mode) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content, mode === undefined ? {} : { mode });
    },
    read: (name) => readFileSync(path(name), "utf8"),
    remove: () => removeAll(dir),
    [Symbol.dispose]: () => project.remove(),
  };
  for (const [name, content] of Object.entries(files)) project.write(name, content);
  if (options.git) initRepository(dir);
  return project;
}

/** A layer over a home leaves a directory that not even its owner may read (overlayfs): root alone removes it without being let in. */
function removeAll(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true });
  } catch {
    Bun.spawnSync(["chmod", "-R", "u+rwX", dir], { stderr: "ignore" });
    rmSync(dir, { recursive: true, force: true });
  }
}

function initRepository(dir: string): void {
  const identity = [
    ["user.name", "moat test"],
    ["user.email", "test@moat.invalid"],
  ];
  const commands = [["init", "-q", "-b", "main"], ...identity.map((pair) => ["config", ...pair])];
  for (const args of commands) {
    const { exitCode, stderr } = Bun.spawnSync(["git", ...args], { cwd: dir, stdout: "ignore", stderr: "pipe" });
    if (exitCode !== 0) throw new Error(`git ${args[0]} failed in ${dir}: ${stderr.toString()}`);
  }
}
