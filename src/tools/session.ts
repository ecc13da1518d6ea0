import { BYTES_PER_TOKEN } from "../base/index.ts";
import { endNotes, finishedCommand, reportedExit, shownOutput } from "./command.ts";
import type { CommandCall, CommandResult, CommandSession, LiveCommand, ToolOutcome } from "./contract.ts";
import { printedText } from "./printed.ts";

/** Characters of output that wait for the model to read them; of more the beginning goes, and that is said. */
const UNREAD_CHARS = 1024 * 1024;
/** Chunk ids only have to differ within a thread; models know them as six hex digits. */
const CHUNK_ID_BYTES = 3;

/** Output that the model has not read. */
export class UnreadText {
  #pieces: string[] = [];
  #length = 0;
  #lost = 0;

  add(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    while (this.#length > UNREAD_CHARS && this.#pieces.length > 1) {
      const first = this.#pieces.shift() ?? "";
      this.#length -= first.length;
      this.#lost += first.length;
    }
  }

  /** What came since it was asked last. */
  take(): string {
    const text = this.#pieces.join("");
    const lost = this.#lost > 0 ? `[${this.#lost} characters before this were lost]\n` : "";
    this.#pieces = [];
    this.#length = 0;
    this.#lost = 0;
    return lost + text;
  }
}

/** A command that was started, and may run on. */
export class RunningCommand implements CommandSession {
  readonly call: CommandCall;
  readonly live: LiveCommand;
  readonly #unread: UnreadText;
  result: CommandResult | null = null;

  constructor(call: CommandCall, live: LiveCommand, unread: UnreadText) {
    this.call = call;
    this.live = live;
    this.#unread = unread;
    live.ended.then((result) => {
      this.result = result;
    });
  }

  takeUnread(): string {
    return this.#unread.take();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await Promise.race([this.live.ended.catch(() => {}), over]);
    clearTimeout(timer);
  }
}

/** The layout that models know for the output of a command. */
export function commandFrame(seconds: number, lines: string[], body: string): string {
  const chunk = crypto.getRandomValues(new Uint8Array(CHUNK_ID_BYTES)).toHex();
  return [`Chunk ID: ${chunk}`, `Wall time: ${seconds.toFixed(4)} seconds`, ...lines, "Output:", body].join("\n");
}

/** What the model reads about how the command ended, in the words that it was trained on. */
function endLines(call: CommandCall, result: CommandResult): string[] {
  const exited = `Process exited with code ${reportedExit(result)}`;
  if (result.ended === "timed_out") return [exited, `Stopped: it was not done after ${call.timeout_ms} ms`];
  if (result.ended === "interrupted")
    return [exited, `Stopped: ${call.live ? "it was ended" : "the user interrupted it"}`];
  return [exited, ...endNotes(result)];
}

/** The outcome of a command that has ended. `unread`: what of its output the model has not read; absent: all of it. */
export function endedOutcome(
  call: CommandCall,
  result: CommandResult,
  seconds: number,
  unread: string | null = null,
): ToolOutcome {
  const tokens = Math.ceil(result.output.total_bytes / BYTES_PER_TOKEN);
  const shown = unread === null ? shownOutput(result) : sizeOf(unread);
  return {
    status: reportedExit(result) === 0 ? "completed" : "failed",
    ...shown,
    max_output_tokens: call.max_output_tokens,
    render: (body) => commandFrame(seconds, [...endLines(call, result), `Original token count: ${tokens}`], body),
    item: finishedCommand(call, result),
    denial: result.denial,
  };
}

/** The outcome of a call after which the command runs on. */
export function runningOutcome(session: CommandSession, seconds: number): Omit<ToolOutcome, "item"> {
  const shown = sizeOf(session.takeUnread());
  const tokens = Math.ceil(shown.total_bytes / BYTES_PER_TOKEN);
  const lines = [`Process running with session ID ${session.live.id}`, `Original token count: ${tokens}`];
  return {
    status: "in_progress",
    ...shown,
    max_output_tokens: session.call.max_output_tokens,
    render: (body) => commandFrame(seconds, lines, body),
    denial: null,
  };
}

function sizeOf(printed: string): Pick<ToolOutcome, "body" | "total_lines" | "total_bytes"> {
  const body = printedText(printed);
  return { body, total_lines: body.split("\n").length - 1, total_bytes: Buffer.byteLength(body) };
}
