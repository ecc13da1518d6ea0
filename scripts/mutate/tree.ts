// A copy of the tree in which code may be wrong: nothing that is run in it can write anywhere else.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mutated } from "./program.ts";
import type { Site } from "./sites.ts";

/** How one run of a test file ended. */
export interface Ended {
  exit: "passed" | "failed" | "timed_out";
  wall_ms: number;
  /** With its children. */
  cpu_ms: number;
  output: string;
}

/** What a run may cost before it is ended. CPU time is the limit for loops, wall time that for those who wait. */
export interface Limits {
  wall_ms: number;
  cpu_s: number;
}

/** Namespaces of its own, so that nothing outlives a run; an ordinary user gets the right to mount by one for users. */
const UNSHARE = ["unshare", ...(process.getuid?.() === 0 ? [] : ["-r"]), "-mpf", "--mount-proc", "--kill-child"];

/**
 * Read-only but for the copy, which also holds the temporary directories: a mutant of a guard guards nothing. The shell stays
 * and, as the first process there, buries the orphans.
 */
const CONFINE = [
  'mount --bind "$1" "$1"',
  'mount --bind "$1/tmp" /tmp',
  'mount --bind "$1/var-tmp" /var/tmp',
  "mount -o remount,bind,ro /",
  'cd "$1/tree"',
  'ulimit -t "$2"',
  "shift 2",
  'nice -n 10 "$@"',
].join(" && ");

export class Tree implements Disposable {
  readonly #root: string;
  readonly #base: string;
  /** What runs in it at the moment. */
  #running: Bun.Subprocess | null = null;

  /** Copies what git knows of, or would, and the launcher. Below `dist`, as it must not lie in a temporary directory. */
  constructor(root: string) {
    this.#root = root;
    this.#base = mkdtempSync(join(root, "dist", "mutants-"));
    const tree = this.path("");
    for (const dir of [tree, ...["tmp", "var-tmp", "home"].map((name) => join(this.#base, name))]) mkdirSync(dir);
    const listed = Bun.spawnSync(["git", "ls-files", "-co", "--exclude-standard", "-z"], { cwd: root });
    for (const file of [...listed.stdout.toString().split("\0").filter(Boolean), "dist/launcher.bin"]) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      cpSync(join(root, file), join(tree, file));
    }
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  }

  path(file: string): string {
    return join(this.#base, "tree", file);
  }

  /** Makes the change, does something and takes the change back. */
  async with<T>(site: Site, work: () => Promise<T>): Promise<T> {
    const path = this.path(site.file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, mutated(text, site));
    try {
      return await work();
    } finally {
      writeFileSync(path, text);
    }
  }

  /** Runs one test file to its end, or to its first failure. */
  async test(file: string, limits: Limits, more: string[] = []): Promise<Ended> {
    const command = [process.execPath, "test", `./${file}`, "--bail", ...more];
    const start = performance.now();
    const child = Bun.spawn([...UNSHARE, "sh", "-c", CONFINE, "sh", this.#base, String(limits.cpu_s), ...command], {
      cwd: this.#root,
      env: { ...process.env, HOME: join(this.#base, "home"), MOAT_TEST_FULL: "" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#running = child;
    let timed_out = false;
    const timer = setTimeout(() => {
      timed_out = true;
      this.#kill();
    }, limits.wall_ms);
    const output = (await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])).slice(0, 2).join("");
    clearTimeout(timer);
    this.#running = null;
    const cpu = child.resourceUsage()?.cpuTime;
    return {
      exit: timed_out ? "timed_out" : child.exitCode === 0 ? "passed" : "failed",
      wall_ms: performance.now() - start,
      cpu_ms: Number(cpu?.total ?? 0) / 1000,
      output,
    };
  }

  #kill(): void {
    if (this.#running) process.kill(-this.#running.pid, "SIGKILL");
  }

  /** Ends what runs in it, and removes it. */
  [Symbol.dispose](): void {
    this.#kill();
    // What was ended may still be on its way out.
    rmSync(this.#base, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
