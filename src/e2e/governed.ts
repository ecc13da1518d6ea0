// The binary on a machine with an administrator: it runs in a mount namespace whose /etc is the test's. Nothing that a user
// can set leads to another file, so there is no other way to test it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tempProject } from "../testkit/index.ts";
import { binary, type MoatRun, parseLines, type Ran, type TestWorld } from "./harness.ts";

/** Where the administrator's file is. */
export const GOVERNED_FILE = "/etc/moat/requirements.toml";

/** Files of /etc that programs look for. */
const KEPT = ["passwd", "group", "hosts", "nsswitch.conf", "resolv.conf"];
/** Starts a program in a mount namespace of its own. */
export const unshare = ["unshare", ...(process.getuid?.() === 0 ? [] : ["-r"]), "-m"];
/** Script: puts the directory $1 in the place of /etc and runs the rest. */
export const MOUNT = 'mount --bind "$1" /etc && shift && exec "$@"';
/** Such namespaces can be made here. */
export const canGovern =
  process.platform === "linux" &&
  Bun.which("unshare") !== null &&
  Bun.spawnSync([...unshare, "sh", "-c", MOUNT, "sh", "/etc", "true"], { stderr: "ignore" }).exitCode === 0;

/** Runs the binary on a machine whose administrator wrote `rules`. */
export async function governed(w: TestWorld, rules: string, args: string[], options: MoatRun = {}): Promise<Ran> {
  const kept = KEPT.filter((name) => existsSync(join("/etc", name)));
  using etc = tempProject({
    "moat/requirements.toml": rules,
    ...Object.fromEntries(kept.map((name) => [name, readFileSync(join("/etc", name), "utf8")])),
  });
  const child = Bun.spawn([...unshare, "sh", "-c", MOUNT, "sh", etc.dir, binary, ...args], {
    cwd: options.cwd ?? w.project.dir,
    env: { ...w.env, ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return {
    exit,
    stdout,
    stderr,
    events: () => parseLines(stdout),
  };
}
