// Where a row runs: a home directory and a workspace of its own, outside of what every command may write.
import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Row } from "./contract.ts";

/** How a command ended. */
export interface Ended {
  exit_code: number;
  /** Both streams. */
  output: string;
}

/** A place that is removed at the end of its `using` block. */
export interface World extends Disposable {
  home: string;
  workspace: string;
  /** Runs words in the workspace as the row's user. Their end is waited for, also of what they started where that can be had. */
  run(words: string[], options?: { alone?: boolean }): Ended;
}

/** What a tool that hangs is given, in seconds. */
const LIMIT_S = 240;

const IDS = { nobody: [65534, 65534], postgres: [userId("postgres", 2), userId("postgres", 3)] } as const;

function userId(name: string, column: number): number {
  const row = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${name}:`));
  return Number(row?.split(":")[column] ?? 65534);
}

/**
 * @param bins directories of programs, before those of the machine
 * @param modules a `node_modules` that is copied into the workspace, or null
 */
export function makeWorld(row: Row, bins: string[], modules: string | null): World {
  const base = realpathSync(mkdtempSync("/var/tmp/moat-tools-"));
  const home = join(base, "home");
  const workspace = join(home, "src", "project");
  mkdirSync(workspace, { recursive: true });
  for (const [name, text] of Object.entries(row.files ?? {})) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  }
  if (modules) cpSync(modules, join(workspace, "node_modules"), { recursive: true, verbatimSymlinks: true });
  if (row.as) own(base, row.as);
  const env = environment(home, bins);
  const log = join(base, "output");
  const who = row.as ? ["setpriv", `--reuid=${IDS[row.as][0]}`, `--regid=${IDS[row.as][1]}`, "--clear-groups"] : [];
  return {
    home,
    workspace,
    run(words, { alone = false } = {}) {
      // What daemons it leaves is ended with it, as in the sandbox.
      const apart =
        alone && process.getuid?.() === 0 ? ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] : [];
      const script = `exec "$@" >'${log}' 2>&1 </dev/null`;
      const limited = ["timeout", "-k", "5", String(LIMIT_S), ...apart, ...who, ...words];
      const child = Bun.spawnSync(["sh", "-c", script, "sh", ...limited], { cwd: workspace, env });
      return { exit_code: child.exitCode ?? 1, output: readFileSync(log, "utf8") };
    },
    [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true }),
  };
}

function own(directory: string, who: keyof typeof IDS): void {
  const [uid, gid] = IDS[who];
  chownSync(directory, uid, gid);
  for (const name of readdirSync(directory, { recursive: true })) chownSync(join(directory, `${name}`), uid, gid);
}

function environment(home: string, bins: string[]): Record<string, string> {
  // Debian's own Python has Debian's modules.
  const path = (process.env.PATH ?? "").split(":").filter((place) => !place.includes("pyenv"));
  return {
    PATH: [...bins, ...path, "/usr/sbin", "/sbin"].join(":"),
    HOME: home,
    LC_ALL: "C.UTF-8",
    TERM: "dumb",
    ...machineAuthorities(),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), ".rustup"),
  };
}

/** Certificates that this machine's registries are signed by, where Node is told of them. */
export function machineAuthorities(): Record<string, string> {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  return file ? { NODE_EXTRA_CA_CERTS: file } : {};
}
