import { isSystemShell, quoteWords, scriptIn } from "../base/index.ts";
import type { Effect, ToolSpec } from "../protocol/index.ts";
import { type ArgumentsOf, argumentObject, argumentReader } from "./arguments.ts";
import type { CommandSession, Tool, ToolContext, ToolOutcome } from "./contract.ts";
import { textOutcome } from "./outcome.ts";
import { endedOutcome, runningOutcome } from "./session.ts";
import { numberParameter, parameters, textParameter } from "./spec.ts";
import description from "./write-stdin.md" with { type: "text" };

/** Name and parameters are those of the Codex CLI, because models are trained on them, and three of our own; the texts are ours. */
const spec: ToolSpec = {
  type: "function",
  name: "write_stdin",
  description: description.trim(),
  parameters: parameters(
    {
      session_id: numberParameter("The running command, as exec_command named it."),
      chars: textParameter("What to type; nothing: only read."),
      yield_time_ms: numberParameter(
        "Milliseconds to wait for output; 250 after typing, 5000 otherwise, 300000 at most.",
      ),
      max_output_tokens: numberParameter("Smaller cap on the output."),
      kill: { type: "boolean", description: "End the command." },
      cols: numberParameter("New width of its terminal."),
      rows: numberParameter("New height of its terminal."),
    },
    ["session_id"],
  ),
};

const readArguments = argumentReader(
  (z) =>
    z.object({
      session_id: z.number(),
      chars: z.optional(z.nullable(z.string())),
      yield_time_ms: z.optional(z.nullable(z.number())),
      max_output_tokens: z.optional(z.nullable(z.number())),
      kill: z.optional(z.nullable(z.boolean())),
      cols: z.optional(z.nullable(z.number())),
      rows: z.optional(z.nullable(z.number())),
    }),
  { aliases: { session_id: ["id", "session"], chars: ["input", "text", "data", "stdin"] } },
);

type WriteCall = ArgumentsOf<typeof readArguments>;

/** ms that output is waited for, as models of the Codex CLI expect it: after typing, when only read, and at most. */
const AFTER_TYPING_MS = 250;
const ONLY_READING_MS = 5000;
const LONGEST_MS = 300_000;

/** Cells that a terminal can have: what fits the kernel's 16 bits, and a sane minimum. */
const cells = (asked: number | null | undefined, otherwise: number) =>
  Math.min(Math.max(Math.trunc(asked ?? otherwise), 1), 65_535);

/** Columns and rows of a terminal that nobody looks at: what programs are written for. */
export const TERMINAL_SIZE = { cols: 80, rows: 24 } as const;

const refused = (text: string): ToolOutcome => textOutcome(text, { status: "failed", item: null });

/** What would be typed, as something to decide about: with the rights that the command was given. */
function typing({ call, live }: CommandSession, chars: string): Effect {
  const into = scriptIn(call.argv, isSystemShell) ?? quoteWords(call.argv);
  return {
    kind: "command",
    argv: ["write_stdin", chars],
    command: `(typed into session ${live.id}, ${into}) ${chars}`,
    cwd: call.cwd,
    escalation: call.escalation,
  };
}

async function write(session: CommandSession, args: WriteCall, context: ToolContext): Promise<string | null> {
  const { live, call } = session;
  const { chars, kill, cols, rows } = args;
  if (cols || rows) live.resize({ cols: cells(cols, TERMINAL_SIZE.cols), rows: cells(rows, TERMINAL_SIZE.rows) });
  if (kill) live.stop();
  if (!chars) return null;
  if (!call.live?.tty) return "stdin is closed: start the command with tty to type into it";
  const asked = await context.ask(typing(session, chars));
  if (!asked.ok) return asked.message;
  await live.write(chars);
  return null;
}

async function run(args: WriteCall, context: ToolContext): Promise<ToolOutcome> {
  const session = context.sessions.get(args.session_id);
  if (!session) {
    const known = [...context.sessions.keys()];
    const running = known.length === 0 ? "none is running" : `running: ${known.join(", ")}`;
    return refused(`there is no session ${args.session_id}; ${running}`);
  }
  const problem = await write(session, args, context);
  if (problem !== null) return refused(problem);
  const start = context.now();
  const patience = args.yield_time_ms ?? (args.chars ? AFTER_TYPING_MS : ONLY_READING_MS);
  if (args.kill) await session.live.ended.catch(() => {});
  else await session.wait(Math.min(Math.max(patience, 1), LONGEST_MS), context.signal);
  const seconds = (context.now() - start) / 1000;
  const max_output_tokens = args.max_output_tokens ?? session.call.max_output_tokens;
  if (session.result === null)
    return { ...runningOutcome(session, seconds), item: null, status: "completed", max_output_tokens };
  context.sessions.delete(args.session_id);
  const ended = endedOutcome(session.call, session.result, seconds, session.takeUnread());
  // Its own item says how it ended; to run it once more with what it lacked is for the model to decide.
  return { ...ended, item: null, denial: null, max_output_tokens };
}

/** Talks to a command that runs on. */
export const writeStdin: Tool<WriteCall> = {
  parallel: false,
  item_lasts: "call",
  spec: () => spec,
  async parse(raw) {
    return readArguments(raw);
  },
  // What is typed is asked about once it is known whom it is typed to.
  effect: () => null,
  item: () => null,
  hook: ({ session_id, chars }) => ({ tool_name: "write_stdin", tool_input: { session_id, chars: chars ?? "" } }),
  withHookInput: (raw, input) => JSON.stringify({ ...argumentObject(raw), ...input }),
  run,
};
