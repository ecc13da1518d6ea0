import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The installer as it lies in the repository. */
export const script = join(import.meta.dir, "..", "..", "..", "scripts", "install.sh");

export const isRoot = process.getuid?.() === 0;
/** Words that start a program as an ordinary user. */
export const asNobody = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
/** Such a user can be had here. */
export const hasNobody = !isRoot || Bun.which("setpriv") !== null;

export interface InstallOptions {
  args?: string[];
  env?: Record<string, string>;
  shell?: string[];
  /** Text of the script in the place of the real one. */
  text?: string;
  /** Words in front of the shell. */
  before?: string[];
}

/**
 * Runs the installer as `curl | sh` does, with nothing in its environment but HOME, PATH, the address of releases and what is said.
 */
export async function install(home: string, url: string, options: InstallOptions = {}) {
  const { args = [], env = {}, shell = ["sh"], text = readFileSync(script, "utf8"), before = [] } = options;
  const child = Bun.spawn([...before, ...shell, "-s", "--", ...args], {
    cwd: "/",
    env: { HOME: home, PATH: "/usr/bin:/bin", MOAT_BASE_URL: url, ...env },
    stdin: new Blob([text]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exit: await child.exited, stdout, stderr };
}

/** What the installed program says of itself. */
export const installed = (home: string) =>
  Bun.spawnSync([join(home, ".local/bin/moat"), "--version"]).stdout.toString();
