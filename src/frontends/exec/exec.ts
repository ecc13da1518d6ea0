import type { Thread } from "../../core/index.ts";
import type { Event, Failure, InputPart } from "../../protocol/index.ts";
import type { Style } from "../../term/index.ts";
import { LinePrinter } from "../../view/index.ts";
import { jsonLines } from "./json.ts";

/** One headless run. */
export interface ExecOptions {
  thread: Thread;
  input: InputPart[];
  form: { type: "json"; deltas: boolean } | { type: "human"; style: Style };
  stdout(text: string): void;
  stderr(text: string): void;
  /** Gets the final message, exactly. */
  saveLastMessage(text: string): Promise<void>;
  /** Aborts with the name of a signal as its reason. */
  signal: AbortSignal;
}

/** 128 + signal number, as a shell reports it. */
const SIGNAL_EXITS: Record<string, number> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Exit code of a failed turn. The few that differ from 1 are in docs/exec.md. */
function failureExit(error: Failure, signal: AbortSignal): number {
  if (signal.aborted) return SIGNAL_EXITS[String(signal.reason)] ?? 1;
  return error.kind === "sandbox_unavailable" ? 6 : 1;
}

/** Runs one turn to its end and prints it. Resolves to the exit code. */
export async function runExec(options: ExecOptions): Promise<number> {
  const { thread, signal } = options;
  const interrupt = () => thread.submit({ type: "interrupt" });
  signal.addEventListener("abort", interrupt, { once: true });
  thread.submit({ type: "user_turn", input: options.input });
  if (signal.aborted) interrupt();
  let exit = 1;
  let last = "";
  const print = printer(options);
  for await (const event of thread.events) {
    print(event);
    if (event.type === "item.completed" && event.item.type === "agent_message") last = event.item.text;
    if (event.type === "approval.requested") decline(thread, event.request.call_id);
    if (event.type === "turn.failed") exit = failureExit(event.error, signal);
    if (event.type === "turn.completed") exit = 0;
    if (event.type === "turn.failed" || event.type === "turn.completed") thread.submit({ type: "shutdown" });
  }
  signal.removeEventListener("abort", interrupt);
  if (exit === 0 && options.form.type === "human")
    options.stdout(last.endsWith("\n") || last === "" ? last : `${last}\n`);
  await options.saveLastMessage(last);
  return exit;
}

function printer({ form, stdout, stderr }: ExecOptions): (event: Event) => void {
  if (form.type === "json") {
    return (event) => {
      const lines = jsonLines(event, form);
      if (lines.length > 0) stdout(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    };
  }
  const lines = new LinePrinter({ style: form.style, stream: false });
  return (event) => {
    const text = lines.print(event);
    if (text) stderr(text);
  };
}

function decline(thread: Thread, call_id: string): void {
  const reason = "nobody can be asked in a headless run";
  thread.submit({ type: "approval", call_id, decision: { type: "denied", reason } });
}
