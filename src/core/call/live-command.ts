import { Capture, type LiveProcess, type RunResult } from "../../process/index.ts";
import type { CommandResult, LiveCommand, LiveCommandRequest } from "../../tools/index.ts";
import type { Confinement } from "./confinement.ts";
import { CAPTURE_BYTES, denialOf, memoryOf, type RunningThread, startProgram, tellHosts } from "./run-command.ts";
import { ShownOutput } from "./shown-output.ts";

type StartedCommand = { ok: true; command: LiveCommand } | { ok: false; message: string };

/** What programs may expect of the terminal that they get: what models read of it is cleaned. */
const TERMINAL = { TERM: "xterm-256color" };

/** Starts a command that may outlive its call, under what was judged. What it prints is shown as it comes, under the item `item_id`. */
export async function startLive(
  state: RunningThread,
  confinement: Confinement,
  item_id: string,
  request: LiveCommandRequest,
): Promise<StartedCommand> {
  const { terminal, timeout_ms } = request;
  const { now } = state.services;
  const capture = new Capture(CAPTURE_BYTES);
  const shown = new ShownOutput(state, item_id);
  const since = now();
  const on_output = (chunk: Uint8Array) => {
    const text = shown.decode(chunk);
    capture.add(chunk);
    if (text !== "") request.on_output(text);
    return shown.addText(text);
  };
  const program = { ...request, io: terminal ?? ("pipes" as const), on_output };
  const started = await startProgram(state, confinement, item_id, program, "merged", terminal === null ? {} : TERMINAL);
  if (!started.ok) return started;
  const { process, id, argv, policy, env, of_profile, wrote } = started;
  if (terminal === null) process.closeInput();
  const late = timer(process, timeout_ms);
  const result = async (): Promise<CommandResult> => {
    const { exit_code, stopped, guard, spent } = await process.ended;
    const ended: RunResult = {
      exit_code,
      ended: late.over() ? "timed_out" : stopped ? "interrupted" : "exited",
      output: await capture.finish(),
      duration_ms: now() - since,
      report: process.report,
      guard,
      leftovers: [],
      spent,
    };
    const told = { ...ended, refused: started.refused() };
    const denial = denialOf(state, request, confinement.policy, told, env, of_profile);
    tellHosts(state, item_id, started, denial);
    return { ...ended, argv, denial, ...memoryOf(policy, ended), ...wrote(ended.report) };
  };
  return { ok: true, command: { id, ended: result(), ...handles(process) } };
}

function handles(process: LiveProcess): Pick<LiveCommand, "write" | "resize" | "stop"> {
  return {
    write: (text) => process.write(text),
    resize: (size) => process.resize(size),
    stop: () => void process.stop(),
  };
}

/** Stops a program when its time is over; `over` says that it was. */
function timer(process: LiveProcess, timeout_ms: number | null): { over(): boolean } {
  let over = false;
  if (timeout_ms === null) return { over: () => false };
  const stop = setTimeout(() => {
    over = true;
    void process.stop();
  }, timeout_ms);
  process.ended.finally(() => clearTimeout(stop));
  return { over: () => over };
}
