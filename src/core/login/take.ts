import { dirname, join } from "node:path";
import { Secrets, sha256Of } from "../../base/index.ts";
import { AS_MODE } from "../../policy/index.ts";
import { type RunResult, run } from "../../process/index.ts";
import { installPrivate, profileVariables, realPath, SandboxError, type SandboxPolicy } from "../../sandbox/index.ts";
import { type ConfinedThread, confine } from "../call/confinement.ts";
import { environmentOf } from "../call/environment.ts";
import { TurnFailed } from "../failed.ts";
import type { Part } from "../state.ts";
import type { Dialect, ShellState, TakenLogin } from "./contract.ts";
import { STATE } from "./descriptor.ts";
import { lacks, laid, loginState, parseDump } from "./difference.ts";
import { fileIdentity, removeOld } from "./files.ts";

/** ms: a profile that takes longer waits for somebody, or for a network that it does not have here. */
const LIMIT_MS = 10_000;
/** Bytes of a state: what nvm and oh-my-zsh define together is a twentieth of it. */
const LIMIT_BYTES = 8 << 20;

export type TakingThread = ConfinedThread & Part<"thread_id" | "sandbox">;

const NOTHING = new Uint8Array();

/** What a profile prints goes nowhere. */
const QUIET = `exec ${STATE}>&1 >/dev/null 2>&1`;

/** What programs say that may not write, in the locale that commands have. */
const REFUSED = /^.*(?:Read-only file system|Permission denied|Operation not permitted).*$/m;

/** Takes the state of a login shell, confined like a command of the thread, without the network and the workspace. */
export async function takeState(thread: TakingThread, shell: string, dialect: Dialect): Promise<TakenLogin> {
  try {
    return await takeConfined(thread, shell, dialect);
  } catch (error) {
    if (error instanceof SandboxError || error instanceof TurnFailed) return { ok: false, why: null };
    // The home has no place for the file: nobody can mend that in the profile.
    if (error instanceof Error && "syscall" in error) return { ok: false, why: null };
    return { ok: false, why: `could not be kept (${error instanceof Error ? error.message : String(error)})` };
  }
}

async function takeConfined(thread: TakingThread, shell: string, dialect: Dialect): Promise<TakenLogin> {
  const { ask, narrowed } = await asker(thread);
  const { variable, dump } = dialect;
  // What the profile complains of comes first, up to a NUL, where that is heard.
  const heard = `{ \\builtin printf '\\0' >&${STATE}\n${dump}\n} 2>/dev/null`;
  const login = `${QUIET}; ${variable}=/dev/null "$1" -c "$2"; printf 'login -\\n\\0' >&${STATE}; exec "$1" -lc "$3"${narrowed ? ` 2>&${STATE}` : ""}`;
  const { result, text } = await ask([login, "sh", shell, dump, heard], (env) => env);
  const [first = "", second = ""] = text.split("login -\n\0");
  const fault = faultOf(result, text) ?? (narrowed ? refusal(second) : null);
  if (fault !== null) return { ok: false, why: fault };
  const [before, now] = [first, second].map((part) => parseDump(dialect, part));
  if (!before || !now)
    return { ok: false, why: `ends, starts another shell or closes descriptor ${STATE} before a command could run` };
  if (descriptors(now) > descriptors(before))
    return { ok: false, why: "leaves a descriptor open, which is kept by no variable" };
  return keep(thread, ask, { shell, dialect, before, now });
}

/** How many of one digit a shell has open: those beyond are its own. */
const descriptors = (state: ShellState) => (state.get("descriptors")?.get("-") ?? "").match(/\/\d$/gm)?.length ?? 0;

interface Found {
  shell: string;
  dialect: Dialect;
  before: ShellState;
  now: ShellState;
}

/** Writes down what no variable can carry, and sees whether a shell that reads it comes to the same state. */
async function keep(thread: TakingThread, ask: Asker, { shell, dialect, before, now }: Found): Promise<TakenLogin> {
  const { services } = thread;
  const { judge, secrets } = judgeOf(thread, now);
  const state = loginState(dialect, before, now, judge, services.env[dialect.variable] !== undefined);
  if (state.script === "") return { ok: true, state: { ...state, file: null } };
  if (secrets(state.script))
    return { ok: false, why: "puts a key into a function, an alias or a variable of the shell" };
  const bytes = Buffer.from(state.script);
  const directory = join(services.home, ".cache", "moat", "shell");
  removeOld(directory, services.date().getTime());
  // Never a path that was there before: a mount that a command keeps of the home may show what lay under it then.
  const path = dialect.file(join(directory, Bun.randomUUIDv7()));
  installPrivate(bytes, sha256Of(bytes), path);
  const identity = fileIdentity(path);
  const proof = proofOf(services.home, { shell, before, script: state.script });
  removeOld(dirname(proof), services.date().getTime());
  if (fileIdentity(proof) === "-") {
    const { result, text } = await ask([`${QUIET}; exec "$1" -c "$2"`, "sh", shell, dialect.dump], (env) =>
      laid(env, dialect, state, path),
    );
    const found = faultOf(result, text) === null ? parseDump(dialect, text) : null;
    const missing = found === null ? "it ends first" : lacks(dialect, now, found, judge);
    if (missing !== null) return { ok: false, why: `leaves what cannot be kept (${missing.split("\n")[0]})` };
    installPrivate(NOTHING, sha256Of(NOTHING), proof);
  }
  return { ok: true, state: { ...state, file: { path, identity } } };
}

/**
 * An empty file that says: this shell, in this state, came to what the script says. Most profiles leave the same in each thread, and to see it
 * once more costs a shell and a sandbox.
 */
function proofOf(
  home: string,
  { shell, before, script }: Pick<Found, "shell" | "before"> & { script: string },
): string {
  const options = ["options", "shopt"].map((kind) => before.get(kind)?.get("-") ?? "");
  const key = [fileIdentity(shell), ...options, script].join("\0");
  return join(home, ".cache", "moat", "shell-proven", sha256Of(Buffer.from(key)));
}

type Variables = Record<string, string>;
type Asker = (script: string[], made: (env: Variables) => Variables) => Promise<{ result: RunResult; text: string }>;

/** Runs scripts of `sh`, with what is made of the variables that every command gets. `narrowed`: commands of the thread may write more. */
async function asker(thread: TakingThread): Promise<{ ask: Asker; narrowed: boolean }> {
  const { settings, services } = thread;
  const usual = await confine(thread, AS_MODE);
  const sandbox = await thread.sandbox();
  const env = environmentOf(thread, usual, sandbox.tier);
  const { policy, narrowed } = await takingPolicy(thread, usual.policy);
  const ask: Asker = async (script, made) => {
    const parts: string[] = [];
    const decoder = new TextDecoder();
    let size = 0;
    const launch = sandbox.launch(["/bin/sh", "-c", ...script], policy, settings.cwd, made(env));
    const on_output = (bytes: Uint8Array) => {
      size += bytes.length;
      if (size <= LIMIT_BYTES) parts.push(decoder.decode(bytes, { stream: true }));
      return null;
    };
    const io = { launch, cwd: settings.cwd, timeout_ms: LIMIT_MS, capture_bytes: 0, on_output, now: services.now };
    const result = await run(io, new AbortController().signal);
    return { result, text: parts.join("") };
  };
  return { ask, narrowed };
}

/**
 * What a command would get: version managers make links and files in the home that what they print leads to. But nothing in the workspace,
 * which undo would not know of; and where commands write the home itself, what one that only reads would get. A container around moat confines
 * the profile as it does commands.
 */
async function takingPolicy({ permissions, services, settings }: TakingThread, usual: SandboxPolicy) {
  if (settings.sandbox_mode === "external") return { policy: usual, narrowed: false };
  const net = "none" as const;
  const narrowed = settings.sandbox_mode !== "read-only" && usual.layer === undefined;
  if (!narrowed) {
    const workspace = realPath(settings.cwd);
    return { policy: { ...usual, net, writable: usual.writable.filter((path) => path !== workspace) }, narrowed };
  }
  const reading = { permissions, services, settings: { ...settings, sandbox_mode: "read-only" as const } };
  return { policy: { ...(await confine(reading, AS_MODE)).policy, net }, narrowed };
}

/** That a profile wants to write where nothing may be written meanwhile: its variables would lead to what there is not. */
function refusal(text: string): string | null {
  const [line] = REFUSED.exec(text.slice(0, text.indexOf("\0"))) ?? [];
  return line === undefined ? null : `writes, which it may not while it is read for all of them (${line.trim()})`;
}

function faultOf({ ended, leftovers, output }: RunResult, text: string): string | null {
  if (ended !== "exited") return `does not come to its end within ${LIMIT_MS / 1000} s`;
  if (leftovers.length > 0) return "leaves a program running, which every command needs one of";
  if (output.total_bytes > LIMIT_BYTES) return `defines more than ${LIMIT_BYTES >> 20} MB`;
  return text.includes("\ufffd") ? "sets something that is not UTF-8" : null;
}

/** What may be kept: no variable that commands do not inherit, and nothing that holds the value of one. */
function judgeOf({ settings, services }: TakingThread, now: ShellState) {
  const known = (value: string) => services.secrets.holds(value) || services.keys.holds(value);
  const rules = { policy: settings.shell_environment_policy, provider_key_names: settings.provider_key_names };
  const byName = profileVariables(rules, () => false);
  const dropped = [...(now.get("exported") ?? [])].filter(([name, value]) => byName(name, value) === "drop");
  const own = new Secrets(dropped.map(([, value]) => value));
  const secrets = (value: string) => known(value) || own.holds(value);
  return { judge: profileVariables(rules, secrets), secrets };
}
