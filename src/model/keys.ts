import type { Env } from "./contract.ts";

/** `model_providers.NAME.auth`: a program that prints a key. */
export interface AuthCommand {
  command: string;
  readonly args: readonly string[];
  /** Time limit of the program. */
  timeout_ms: number;
  /** Age after which the key is asked for again; 0: only after a refusal. */
  refresh_interval_ms: number;
  /**
   * Asked before each start: the words to start in place of `command` and `args`, and the PATH; or why it must not be started.
   * Absent: it is started as it is named.
   */
  readonly prepare?: () => ({ ok: true; argv: string[] } | { ok: false; message: string }) & {
    PATH: string | undefined;
  };
}

/** A key that can change while the program runs. */
export interface KeySource {
  /** The key to use now. Rejects with a `KeyError`. */
  current(): Promise<string>;
  /** The server refused the last key: the next one is asked for anew. */
  refused(): void;
}

/** Why there is no key, in words for the user. */
export class KeyError extends Error {}

/** Asks the program when there is no key yet, when the key is too old, or after a refusal; at most once at a time. `now`: any clock in ms. */
export function createKeySource(auth: AuthCommand, env: Env, now: () => number): KeySource {
  const state: { key: Promise<string> | null; since: number } = { key: null, since: 0 };
  return {
    current() {
      const old = auth.refresh_interval_ms > 0 && now() - state.since >= auth.refresh_interval_ms;
      if (state.key && !old) return state.key;
      const key = askCommand(auth, env);
      state.key = key;
      state.since = now();
      key.catch(() => {
        if (state.key === key) state.key = null;
      });
      return key;
    },
    refused() {
      state.key = null;
    },
  };
}

async function askCommand({ command, args, timeout_ms, prepare }: AuthCommand, env: Env): Promise<string> {
  const told = `the auth command \`${[command, ...args].join(" ")}\``;
  const prepared = prepare?.() ?? { ok: true, argv: [command, ...args], PATH: env.PATH };
  if (!prepared.ok) throw new KeyError(`${told} was not run: ${prepared.message}`);
  const child = start(prepared.argv, { ...env, PATH: prepared.PATH }, timeout_ms, told);
  // Read from the start so that no pipe fills up, but not waited for: a grandchild may hold it open after a timeout.
  const [output, errors] = [child.stdout.text(), child.stderr.text()];
  const code = await child.exited;
  if (child.signalCode) throw new KeyError(`${told} was stopped: no answer within ${timeout_ms} ms`);
  if (code !== 0) throw new KeyError(`${told} ended with exit code ${code}: ${(await errors).trim().slice(0, 300)}`);
  const key = (await output).split("\n")[0]?.trim();
  if (!key) throw new KeyError(`${told} printed no key`);
  return key;
}

function start(argv: string[], env: Env, timeout: number, told: string) {
  try {
    return Bun.spawn(argv, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout, killSignal: "SIGKILL" });
  } catch (error) {
    throw new KeyError(`${told} cannot be started: ${error instanceof Error ? error.message : String(error)}`);
  }
}
