import { quoteWords } from "../../base/index.ts";
import { notStarted, type RunResult, run, type Started, start } from "../../process/index.ts";
import type { Denial, SandboxReport } from "../../protocol/index.ts";
import {
  droppedNames,
  explainDenial,
  forCommand,
  forReading,
  type GuardFinding,
  HomeWrites,
  hostDenials,
  kindOf,
  type Launch,
  type Leftover,
  memoryStruck,
  needsOf,
  outsideOf,
  type SandboxPolicy,
  underWatch,
} from "../../sandbox/index.ts";
import type { CommandRequest, CommandResult, ProgramRequest } from "../../tools/index.ts";
import { type Emitter, type OutputEmitter, showError } from "../emitter.ts";
import { loginUnder } from "../login/under.ts";
import type { Part } from "../state.ts";
import { type Confinement, knownRepositories } from "./confinement.ts";
import { environmentOf } from "./environment.ts";
import { ShownOutput } from "./shown-output.ts";

/** Bytes of one command's output that are kept for people and JSONL; the figure of the Codex CLI. */
export const CAPTURE_BYTES = 1024 * 1024;

/** What commands are run with, and where they are heard. */
export type RunningThread = OutputEmitter &
  Part<"thread_id" | "settings" | "services" | "permissions" | "sandbox" | "lasting" | "files" | "tighten" | "login">;

/** Runs a command to its end, under what was judged. What it prints is shown as it comes, under the item `item_id`. */
export async function runCommand(
  state: RunningThread,
  confinement: Confinement,
  item_id: string,
  command: CommandRequest,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { argv, cwd } = command;
  const problem = placeProblem(cwd);
  if (problem !== null) return { ...notStarted(problem), denial: null, argv: null };
  const sandbox = await state.sandbox();
  const login = await loginUnder(state, confinement.policy, command, signal);
  const base = environmentOf(state, confinement, sandbox.tier, login?.env);
  const { policy: given, env } = forCommand(argv, cwd, confinement.policy, base, knownRepositories(state));
  const policy = limited(
    state,
    confinement.only_reads ? forReading(given) : await recorded(state, given, item_id, "command"),
  );
  const shown = new ShownOutput(state, item_id);
  const started = login?.argv ?? argv;
  const wrote = watchHome(state, policy);
  const launch = sandbox.launch(started, policy, cwd, env);
  const result = await run(
    {
      launch,
      cwd,
      timeout_ms: command.timeout_ms,
      capture_bytes: CAPTURE_BYTES,
      on_output: (bytes) => shown.add(bytes),
      now: state.services.now,
    },
    signal,
  );
  if (result.report?.captured === false) state.files.missed(item_id, result.report.captured_reason);
  for (const finding of result.guard) reportFinding(state, finding);
  const leftovers = result.leftovers.map((one) => ({ ...one, command: withoutKeys(state, one) }));
  const denial = denialOf(state, command, policy, { ...result, refused: launch.refused() }, env, login?.dropped);
  tellHosts(state, item_id, launch, denial);
  const memory = memoryOf(policy, result);
  return {
    ...result,
    leftovers,
    denial,
    ...memory,
    ...wrote(result.report),
    argv: result.exit_code < 0 ? null : started,
  };
}

/** What is told of a command that wrote into the private layer over the home directory, once it has ended. */
function watchHome(
  { lasting }: Part<"lasting">,
  { layer }: SandboxPolicy,
): (report: SandboxReport | null) => Pick<CommandResult, "home_wrote"> {
  if (layer === undefined) return () => ({});
  lasting.home_writes ??= new HomeWrites();
  const writes = lasting.home_writes;
  writes.begin(layer);
  return (report) => {
    const places = report?.home === "layer" ? writes.news(layer) : [];
    return places.length === 0 ? {} : { home_wrote: places };
  };
}

/** The policy with the limit on memory that is configured. */
function limited({ settings }: Part<"settings">, policy: SandboxPolicy): SandboxPolicy {
  return settings.memory_limit === null ? policy : { ...policy, memory_limit: settings.memory_limit };
}

/** Each host that was refused is an event. The one that explains the end is told with it. */
export function tellHosts(
  state: Emitter & Part<"settings">,
  item_id: string,
  launch: Pick<Launch, "refused">,
  told: Denial | null,
): void {
  for (const denial of hostDenials(launch.refused(), state.settings.cwd))
    if (denial.explanation !== told?.explanation) state.emit({ type: "sandbox.denied", item_id, denial });
}

/** The policy with where what a program changes is kept for undo. */
export async function recorded(
  { files }: Part<"files">,
  policy: SandboxPolicy,
  item_id: string,
  by: "command" | "mcp",
): Promise<SandboxPolicy> {
  if (policy.mode === "read-only") return policy;
  const capture = await files.capture(item_id, by);
  return capture === null ? policy : { ...policy, capture };
}

/** A command line that was cut may end in the beginning of a key. */
function withoutKeys({ services: { keys } }: Part<"services">, { command, cut }: Leftover): string {
  return cut ? keys.split(command).whole : keys.redact(command);
}

/** A live program with its number in the thread, or why the system did not start it. */
export type StartedProgram = Exclude<Started, { ok: true }> | (Extract<Started, { ok: true }> & StartedAs);

interface StartedAs extends Pick<Launch, "refused"> {
  id: number;
  /** Gives what it wrote into the layer over the home directory, once it has ended. */
  wrote: ReturnType<typeof watchHome>;
  /** The words that were started. */
  argv: readonly string[];
  policy: SandboxPolicy;
  /** Its environment. */
  env: Record<string, string>;
  /** Names of variables that the login profile sets and that it did not get. */
  of_profile: readonly string[] | undefined;
}

/**
 * Starts a program that lives as long as its thread, or less, under what was judged. It gets no git repository of its own to
 * write: that is opened for a plain git command alone.
 * @param outputs whether what it prints to stderr comes through stdout
 * @param more variables beside those that every command gets
 */
export async function startProgram(
  state: RunningThread,
  confinement: Confinement,
  item_id: string,
  program: ProgramRequest,
  outputs: "separate" | "merged" = "separate",
  more: Record<string, string> = {},
): Promise<StartedProgram> {
  const { argv, cwd, io, on_output } = program;
  const problem = placeProblem(cwd);
  if (problem !== null) return { ok: false, message: problem };
  const sandbox = await state.sandbox();
  const login = await loginUnder(state, confinement.policy, program, null);
  const env = { ...environmentOf(state, confinement, sandbox.tier, login?.env), ...more };
  const watched = underWatch(confinement.policy, knownRepositories(state));
  const policy = limited(
    state,
    confinement.only_reads ? forReading(watched) : await recorded(state, watched, item_id, "command"),
  );
  const words = login?.argv ?? argv;
  const launch = sandbox.launch(words, policy, cwd, env, outputs);
  const wrote = watchHome(state, policy);
  const started = await start({ launch, cwd, io, on_output });
  if (!started.ok) return started;
  const id = state.lasting.addProgram(started.process, quoteWords(argv), state.services.now());
  const { captured, captured_reason } = started.process.report;
  if (captured === false) state.files.missed(item_id, captured_reason);
  state.files.lives(item_id, started.process.ended);
  started.process.ended.then(({ guard }) => {
    for (const finding of guard) reportFinding(state, finding);
  });
  return { ...started, refused: launch.refused, id, argv: words, policy, env, of_profile: login?.dropped, wrote };
}

function placeProblem(cwd: string): string | null {
  return kindOf(cwd) === "directory" ? null : `cannot run in ${cwd}: there is no such directory`;
}

/**
 * After a command that reached for a protected place, as far as can be known, commands are no longer trusted with the same
 * freedom: from now on moat asks.
 */
export function reportFinding(state: Emitter & Part<"tighten">, { path, action, kept_at, why }: GuardFinding): void {
  const done = { restored: "has been put back", quarantined: "has been moved away", reported: "was changed" }[action];
  const kept = kept_at === null ? "" : ` (what was there is kept as ${kept_at})`;
  state.tighten();
  const reason = why === undefined ? "" : `; ${why}`;
  showError(state, `${path} is protected and changed while a command ran: it ${done}${kept}${reason}`);
}

/** What is told of a command's limit on memory. */
export function memoryOf({ memory_limit: limit }: SandboxPolicy, result: RunResult): Pick<CommandResult, "memory"> {
  const { report, spent, exit_code, output } = result;
  if (limit === undefined) return {};
  return { memory: { limit, struck: memoryStruck({ limit, report, spent, exit_code, output: output.text }) } };
}

/**
 * What the sandbox refused a command that came to its own end.
 * @param of_profile names of variables that the login profile sets and that are not handed on
 */
export function denialOf(
  { services, settings }: Part<"services" | "settings">,
  { argv, cwd }: Pick<CommandRequest, "argv" | "cwd">,
  policy: SandboxPolicy,
  result: Pick<RunResult, "report" | "exit_code" | "ended" | "output"> & { refused: ReturnType<Launch["refused"]> },
  given: Record<string, string>,
  of_profile: readonly string[] = [],
): Denial | null {
  const { report, exit_code, ended, output, refused } = result;
  if (!report || ended !== "exited") return null;
  const { home, env } = services;
  const dropped = () => {
    const inherited = droppedNames({ env, policy: settings.shell_environment_policy }, given);
    return [...new Set([...inherited, ...of_profile])];
  };
  const needs = () => needsOf(argv, cwd, outsideOf(home, { ...env, ...given }));
  const command = argv.join(" ");
  return explainDenial({ policy, report, exit_code, output: output.text, command, cwd, home, dropped, needs, refused });
}
