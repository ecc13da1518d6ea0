import { basename } from "node:path";
import { isWithin } from "../../base/index.ts";
import type { SandboxPolicy } from "../../sandbox/index.ts";
import { bash } from "./bash.ts";
import type { Dialect, TakenLogin } from "./contract.ts";
import { laid } from "./difference.ts";
import { fileIdentity, filesIdentity } from "./files.ts";
import { zsh } from "./zsh.ts";

/** Shells whose state can be taken. Of any other each command reads the profile. */
const DIALECTS: Record<string, Dialect> = { bash, zsh };

/** The thread that profiles are read for. */
export interface LoginThread {
  cwd: string;
  /** What commands may, and so the profile. */
  mode: SandboxPolicy["mode"];
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Files that profiles read beside the usual ones. */
  files: readonly string[];
  /** Reads a profile. */
  take(shell: string, dialect: Dialect): Promise<TakenLogin>;
  /** Tells the user. */
  tell(message: string): void;
}

/** How a command is started that finds what the login profile leaves, without reading it. */
export interface LaidLogin {
  argv: string[];
  /** The environment of a command with what the profile makes of it. */
  env(base: Record<string, string>): Record<string, string>;
  /** Names of variables that the profile sets and that commands do not get. */
  dropped: readonly string[];
}

/** The login profiles of a thread: each is read once, and again when its files change. */
export class LoginShells {
  readonly #taken = new Map<string, { stamp: string; taking: Promise<TakenLogin> }>();
  /** That each command reads it is told once. */
  #told = false;

  /** Begins to take the state of a shell that a command will be run in. */
  begin(thread: LoginThread, shell: string): void {
    const dialect = DIALECTS[basename(shell)];
    // Whoever comes for it learns why there is none.
    if (dialect !== undefined && !this.#taken.has(shell)) this.#take(thread, shell, dialect).catch(() => {});
  }

  /**
   * What is laid under a command in the place of its profile; null: it has to read that itself.
   * @param argv `SHELL -lc SCRIPT`, with a shell of the system
   * @param policy what the command runs under
   */
  async under(
    thread: LoginThread,
    argv: readonly string[],
    policy: SandboxPolicy,
    signal: AbortSignal | null,
  ): Promise<LaidLogin | null> {
    const [shell = "", flag, ...script] = argv;
    const dialect = DIALECTS[basename(shell)];
    if (dialect === undefined || flag !== "-lc") return null;
    // Another home: the layer over it, or the one below, or one that the profile could not write.
    if (policy.mode !== thread.mode) return null;
    const taken = await unlessAborted(this.#take(thread, shell, dialect), signal);
    if (taken === null) return null;
    if (!taken.ok) {
      this.#tell(thread, shell, taken.why);
      return null;
    }
    const { state } = taken;
    const path = state.file?.path ?? null;
    if (path !== null && !isSafe(path, policy)) return null;
    return { argv: [shell, "-c", ...script], env: (base) => laid(base, dialect, state, path), dropped: state.dropped };
  }

  async #take(thread: LoginThread, shell: string, dialect: Dialect): Promise<TakenLogin> {
    const { cwd, mode, home, env, files } = thread;
    const stamp = `${cwd};${mode};${filesIdentity([...dialect.profile(home, env), ...files])}`;
    const known = this.#taken.get(shell);
    if (known?.stamp === stamp) {
      const taken = await known.taking;
      if (isUnchanged(taken)) return taken;
    }
    const taking = thread.take(shell, dialect);
    this.#taken.set(shell, { stamp, taking });
    return taking;
  }

  #tell(thread: LoginThread, shell: string, why: string | null): void {
    if (why === null || this.#told) return;
    this.#told = true;
    thread.tell(
      `each command reads the login profile of ${basename(shell)} anew, because it ${why}; mend the profile, or say login_shell = "each" to be spared this line`,
    );
  }
}

/** Nobody changed the file that holds a part of it. */
function isUnchanged(taken: TakenLogin): boolean {
  const file = taken.ok ? taken.state.file : null;
  return file === null || fileIdentity(file.path) === file.identity;
}

/** A file that the command could change is not used, nor one that it cannot read. */
function isSafe(path: string, { writable, protected: places, hidden }: SandboxPolicy): boolean {
  const within = (directories: readonly string[]) => directories.some((directory) => isWithin(path, directory));
  return !within(hidden) && (!within(writable) || within(places));
}

/** null: the caller gave up first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | null): Promise<T | null> {
  if (signal === null) return work;
  if (signal.aborted) return null;
  const { promise, resolve } = Promise.withResolvers<null>();
  const stop = () => resolve(null);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
