import { join } from "node:path";
import { FAILED, signalExit, USAGE } from "../../base/index.ts";
import { readConfig, threadReach } from "../../open/index.ts";
import type { Sandbox, SandboxPolicy } from "../../sandbox/index.ts";
import type { Flags, Host } from "../contract.ts";
import { readModeFlags } from "../mode-flags.ts";

/** Exit code where no sandbox is to be had (docs/exec.md). */
const NO_SANDBOX = 6;

export type GitResult = { ok: true; text: string } | GitRefusal;

/** Why git did not do it, and the exit code that fits. */
export interface GitRefusal {
  ok: false;
  message: string;
  exit: number;
  /** git was stopped: what it would have said is not known. */
  stopped?: true;
}

/** What git may write, and what of it stays as it is. Absolute, existing directories with symlinks resolved. */
export interface GitWrites {
  writable: string[];
  protected: string[];
}

const NOTHING: GitWrites = { writable: [], protected: [] };

/**
 * moat's own git. The repository may be a stranger's, and its config, its attributes and its files decide what git starts: so
 * git itself runs in the sandbox, without a network and without keys. It is never taken from a directory that came with a
 * project or that commands may write.
 */
export interface OwnGit {
  /** What git printed, without line ends behind it. */
  output(args: string[], cwd: string, writes?: GitWrites, signal?: AbortSignal): Promise<GitResult>;
  /** What a shell script printed, whose `git` it is. */
  script(text: string, cwd: string): Promise<GitResult>;
}

export type OpenedGit = { ok: true; git: OwnGit } | GitRefusal;

/** Gets git and the sandbox ready for a project. Where no sandbox is to be had, there is no git. */
export async function openGit(host: Host, flags: Flags, cwd: string): Promise<OpenedGit> {
  const { findProgram, gitEnvironment, gitUser, openSandbox, safePath, SandboxError, waitsFor } = await import(
    "../../sandbox/index.ts"
  );
  const mode = readModeFlags(flags, { cwd, attended: false, disable_project_doc: true });
  if (!mode.ok) return { ok: false, message: mode.message, exit: USAGE };
  const options = { cwd, ...mode.mode };
  const loaded = await readConfig(host, options);
  if (!loaded.ok) return loaded;
  const reach = await threadReach(loaded.config, host, options);
  const PATH = host.env.PATH ?? "/usr/bin:/bin";
  const found = findProgram("git", PATH, cwd, reach);
  if (!found.ok) return { ok: false, message: found.message, exit: FAILED };
  const waits = waitsFor(cwd, gitUser(host.home, host.env));
  if (waits !== null) return heldUp(waits);
  try {
    const sandbox = await openSandbox({ cache_dir: join(host.home, ".cache", "moat", "bin") });
    const env = environment(host, safePath(PATH, reach));
    const quiet = (more: Setting[]) => ({ ...env, ...gitEnvironment(env, [...QUIET, ...more]) });
    const runner = new Runner(host, sandbox, found.path, quiet);
    return {
      ok: true,
      git: {
        async output(args, directory, writes = NOTHING, signal = host.signal) {
          const result = await runner.run([found.path, ...args], directory, writes, signal);
          return result.ok ? { ok: true, text: result.text.replace(/\n+$/, "") } : result;
        },
        script: (text, directory) => runner.run(["/bin/sh", "-c", text], directory, NOTHING, host.signal),
      },
    };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return { ok: false, message: error.message, exit: NO_SANDBOX };
  }
}

const heldUp = ({ path, what }: { path: string; what: string }): GitRefusal => ({
  ok: false,
  message: `${path} is ${what}: git would wait for it without end. Put a file in its place, or take it away.`,
  exit: FAILED,
  stopped: true,
});

/** A setting of git and its value. */
type Setting = readonly [string, string];

/** Settings under which git starts little of what a repository names: what is left is confined. */
const QUIET = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  // A directory of the project may look like a bare repository and name programs in its config.
  ["safe.bareRepository", "explicit"],
] as const;

const LIST_FILTERS = ["config", "--show-scope", "--includes", "--null", "--name-only", "--get-regexp", "^filter\\."];
const SILENT_NO = "git ended with 1";

/** Settings that switch off the content filters of a list which are the repository's own; those of the user's settings stay. */
function filtersOff(listed: string): Setting[] {
  const words = listed.split("\0");
  const names = words.filter((_, index) => index % 2 === 1 && /^(?:local|worktree)$/.test(words[index - 1] ?? ""));
  // git takes an empty command for none.
  return names.map((name) => [name, name.endsWith(".required") ? "false" : ""]);
}

/** What git is told of the user: where the settings of git lie, and nothing else. */
const HANDED_ON = [
  "HOME",
  "USER",
  "LOGNAME",
  "XDG_CONFIG_HOME",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_SYSTEM",
  "GIT_CONFIG_NOSYSTEM",
];

function environment(host: Host, PATH: string): Record<string, string> {
  const kept = HANDED_ON.flatMap((name): [string, string][] => {
    const value = host.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    HOME: host.home,
    ...Object.fromEntries(kept),
    PATH,
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    // A partial clone would fetch what is missing, with the command that its config names.
    GIT_ALLOW_PROTOCOL: "none",
  };
}

/** Bytes of git's output that are read: the names of a million files. A repository must not fill memory. */
const MAX_BYTES = 128 * 1024 * 1024;

class Runner {
  readonly #host: Host;
  readonly #sandbox: Sandbox;
  readonly #git: string;
  readonly #env: (more: Setting[]) => Record<string, string>;

  /** `env`: git's environment, with these settings beside those of every run. */
  constructor(host: Host, sandbox: Sandbox, git: string, env: (more: Setting[]) => Record<string, string>) {
    this.#host = host;
    this.#sandbox = sandbox;
    this.#git = git;
    this.#env = env;
  }

  /** Runs a command without the content filters that the repository of `cwd` names itself. */
  async run(argv: string[], cwd: string, writes: GitWrites, signal: AbortSignal): Promise<GitResult> {
    const listed = await this.#execute([this.#git, ...LIST_FILTERS], cwd, NOTHING, signal, this.#env([]));
    // Where no setting is of that kind, git says nothing and ends with 1.
    if (!listed.ok && listed.message !== SILENT_NO) return listed;
    return this.#execute(argv, cwd, writes, signal, this.#env(listed.ok ? filtersOff(listed.text) : []));
  }

  async #execute(
    argv: string[],
    cwd: string,
    writes: GitWrites,
    signal: AbortSignal,
    env: Record<string, string>,
  ): Promise<GitResult> {
    const { SandboxError } = await import("../../sandbox/index.ts");
    const policy = await this.#policy(cwd, writes);
    if ("message" in policy) return policy;
    try {
      return await execute(this.#sandbox, argv, { policy, cwd, env, signal });
    } catch (error) {
      if (error instanceof SandboxError) return { ok: false, message: error.message, exit: NO_SANDBOX };
      return { ok: false, message: `git could not be run: ${(error as Error).message}`, exit: FAILED };
    }
  }

  async #policy(cwd: string, { writable, protected: kept }: GitWrites): Promise<SandboxPolicy | GitRefusal> {
    const { resolvePolicy } = await import("../../sandbox/index.ts");
    const resolved = await resolvePolicy({
      mode: "read-only",
      cwd,
      home: this.#host.home,
      moat_home: this.#host.moat_home,
      tmpdir: null,
      writable_roots: [],
      network_access: false,
      hidden_paths: [],
      exclude_slash_tmp: true,
      exclude_tmpdir_env_var: true,
    });
    if (!resolved.ok) return { ok: false, message: resolved.message, exit: FAILED };
    const { policy } = resolved;
    return writable.length === 0 ? policy : { ...policy, mode: "workspace-write", writable, protected: kept };
  }
}

interface Execution {
  policy: SandboxPolicy;
  cwd: string;
  env: Record<string, string>;
  signal: AbortSignal;
}

/** Time in which git may print nothing, in ms: it reads a big repository from a slow disk in less, and a checkout may write for long. */
const SILENT_MS = { reads: 60_000, writes: 1_800_000 };

/** Throws SandboxError when it was not started. */
async function execute(sandbox: Sandbox, argv: string[], { policy, cwd, env, signal }: Execution): Promise<GitResult> {
  const launch = sandbox.launch(argv, policy, cwd, env, "separate");
  const child = Bun.spawn(launch.argv, { cwd, env: launch.env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const watch = new Watch(
    () => child.kill("SIGKILL"),
    SILENT_MS[policy.writable.length > 0 ? "writes" : "reads"],
    signal,
  );
  const [confirmed, out, error] = await Promise.all([
    launch.confirm(child.stdio[3] as unknown as number).then(
      () => null,
      (reason: unknown) => reason,
    ),
    readUpTo(child.stdout, MAX_BYTES, watch),
    readUpTo(child.stderr, MAX_BYTES, watch),
  ]);
  const exit = await child.exited;
  watch[Symbol.dispose]();
  launch.finish();
  if (watch.stopped !== null) return { ok: false, stopped: true, ...watch.stopped };
  if (confirmed !== null) throw confirmed;
  if (out === null || error === null) return { ok: false, message: "git printed more than can be read", exit: FAILED };
  if (exit === 0) return { ok: true, text: out };
  return { ok: false, message: error.trim() || `git ended with ${exit}`, exit: FAILED };
}

/** Stops a git that was interrupted, or that has printed nothing for too long. */
class Watch {
  stopped: { message: string; exit: number } | null = null;
  readonly stop: () => void;
  readonly #signal: AbortSignal;
  readonly #silence: Timer;

  constructor(stop: () => void, silent_ms: number, signal: AbortSignal) {
    this.stop = stop;
    this.#signal = signal;
    const message =
      `git printed nothing for ${silent_ms / 1000} s and was stopped: something in the repository holds it up, such as a ` +
      "pipe in a file's place or a file of gigabytes";
    this.#silence = setTimeout(() => this.#end(message, FAILED), silent_ms);
    if (signal.aborted) this.#interrupted();
    else signal.addEventListener("abort", this.#interrupted, { once: true });
  }

  heard(): void {
    this.#silence.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#silence);
    this.#signal.removeEventListener("abort", this.#interrupted);
  }

  readonly #interrupted = () => this.#end("git was interrupted", signalExit(this.#signal.reason) ?? FAILED);

  #end(message: string, exit: number): void {
    this.stopped ??= { message, exit };
    this.stop();
  }
}

/** All of a stream; null when it is longer. */
async function readUpTo(stream: ReadableStream<Uint8Array>, max: number, watch: Watch): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    watch.heard();
    bytes += chunk.length;
    if (bytes > max) {
      watch.stop();
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
