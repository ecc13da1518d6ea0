import { type Item, promptText, type UserInputAnswer } from "../../protocol/index.ts";
import type { RolloutLine } from "../line.ts";
import { type Damage, readRollout } from "../read.ts";
import { readThread } from "../thread-state.ts";

/** A thread as a document: who said and did what, in order. */
export interface ExportedTranscript {
  thread_id: string;
  name: string | null;
  cwd: string;
  model: string | null;
  started: string;
  entries: ExportedEntry[];
  damaged: Damage[];
}

export type ExportedEntry =
  /** `images` are data URLs or addresses. */
  | { type: "user"; timestamp: string; text: string; images: string[] }
  | { type: "item"; timestamp: string; item: Item }
  | { type: "note"; timestamp: string; text: string };

/** Reads a thread to show it. */
export function readTranscript(path: string): ExportedTranscript {
  const { lines, damaged } = readRollout(path);
  const { thread_id, name, cwd, context } = readThread(path);
  const entries = lines.map(entryOf).filter((entry) => entry !== null);
  return { thread_id, name, cwd, model: context?.model ?? null, started: lines[0]?.timestamp ?? "", entries, damaged };
}

function entryOf(line: RolloutLine): ExportedEntry | null {
  const { timestamp } = line;
  switch (line.type) {
    case "item.completed":
      return { type: "item", timestamp, item: line.item };
    case "turn.failed":
      return { type: "note", timestamp, text: `The turn failed: ${line.error.message}` };
    case "files.restored": {
      const what = line.kind === "undo" ? "taken back" : "brought back";
      return {
        type: "note",
        timestamp,
        text: `What ${line.turns.length} of the turns had changed on the disk was ${what}.`,
      };
    }
    case "history.replaced":
      return { type: "note", timestamp, text: `The history was ${line.why}.` };
    case "sandbox.denied":
      return { type: "note", timestamp, text: `Refused by the sandbox: ${line.denial.explanation}` };
    case "user_input.requested":
      return {
        type: "note",
        timestamp,
        text: `Asked: ${line.request.questions.map(({ question }) => question).join(" ")}`,
      };
    case "user_input.resolved":
      return { type: "note", timestamp, text: `Answered: ${answerText(line.answer)}` };
    case "history.added": {
      const text = promptText(line.item);
      return text === null ? null : { type: "user", timestamp, text, images: imagesOf(line.item) };
    }
    default:
      return null;
  }
}

function answerText(answer: UserInputAnswer): string {
  if (answer.type !== "answered") return "nothing";
  return Object.values(answer.answers)
    .flatMap(({ answers }) => answers)
    .join("; ");
}

function imagesOf(item: Extract<RolloutLine, { type: "history.added" }>["item"]): string[] {
  if (item.type !== "message") return [];
  return item.content.flatMap((part) => (part.type === "input_image" ? [part.image_url] : []));
}
