import { match } from "ts-pattern";
import type { Failure, TurnFiles, Usage, UserInputAnswer } from "../../protocol/index.ts";
import { contextText } from "../entry-lines.ts";
import { deletedMore, restoredLines, turnFilesText } from "../files-text.ts";
import { count, duration, money } from "../quantity.ts";
import type { Entry } from "../transcript.ts";
import type { EntryFacts, Look } from "./contract.ts";
import { type Extent, foldRow } from "./items/fold.ts";
import { itemRows, signedRows } from "./items/item.ts";
import { retryWords } from "./retry.ts";
import { sign } from "./signs.ts";
import { cut, exact, hanging, type Line, reading, wrappedLine } from "./text/line.ts";

/** Rows of what a person said that are shown: more is a paste, and they know it. */
const SAID_ROWS = 30;

/** An entry as rows; none for what other rows say already. */
export function entryRows(entry: Entry, facts: EntryFacts, look: Look, extent: Extent): Line[] {
  const { theme } = look;
  const noted = (text: string) => signedRows([sign(look, "note", theme.dim)], text, look, "dim");
  return (
    match(entry)
      .returnType<Line[]>()
      .with({ type: "user" }, ({ text }) => saidRows(text, look, extent))
      .with({ type: "item" }, ({ item, denial, duration_ms }) =>
        itemRows(item, { denial, took_ms: facts.took_ms ?? duration_ms ?? null }, look, extent),
      )
      .with({ type: "answered" }, ({ questions, answer }) =>
        questions.flatMap(({ id, question }) => answeredRows(question, answer, id, look)),
      )
      // The status line says it.
      .with({ type: "turn.started" }, () => [])
      .with({ type: "settings.changed" }, ({ context }) => noted(`from now on: ${contextText(context)}`))
      .with({ type: "error" }, ({ message }) => signedRows([sign(look, "warning", theme.warn)], message, look, "warn"))
      .with({ type: "stream.retrying" }, (retry) =>
        signedRows([sign(look, "warning", theme.warn)], retryWords(retry, null), look, "warn"),
      )
      .with({ type: "stream.reset" }, () =>
        noted("the answer broke off: what it had said of it is void, and it is asked again"),
      )
      .with({ type: "history.replaced" }, ({ why, tokens_before, tokens_after }) =>
        noted(`the conversation was ${why}: about ${count(tokens_before)} → ${count(tokens_after)} tokens`),
      )
      .with({ type: "files.restored" }, (files) => restoredLines(files, look.directory ?? "").flatMap(noted))
      // The end of the turn says it.
      .with({ type: "budget" }, () => [])
      .with({ type: "turn.failed" }, (end) => failedRows(end, spent(end, facts), look))
      .with({ type: "turn.completed" }, (end) => {
        const mark = [sign(look, "good", theme.good)];
        return hanging(
          wrappedLine([exact(endText(end, spent(end, facts)), theme.dim)], look.columns - widthOfSign(look)),
          mark,
          [exact(" ".repeat(widthOfSign(look)))],
        );
      })
      .exhaustive()
  );
}

/** What the turn itself says of time and cost, where nobody was there to see. */
function spent({ duration_ms, cost_usd }: { duration_ms?: number; cost_usd?: number }, facts: EntryFacts): EntryFacts {
  return {
    ...(duration_ms === undefined ? {} : { took_ms: duration_ms }),
    ...(cost_usd === undefined ? {} : { cost: cost_usd }),
    ...facts,
  };
}

const widthOfSign = (look: Look) => (look.words ? "done: ".length : 2);

function saidRows(text: string, look: Look, extent: Extent): Line[] {
  const { accent, bold } = look.theme;
  const mark = sign(look, "person", accent);
  const near = extent === "whole" ? text : text.slice(0, SAID_ROWS * look.columns * 4);
  const all = near.trimEnd().split(/\r?\n/);
  const rows = all.flatMap((line) => wrappedLine([reading(line, bold)], look.columns - mark.text.length));
  const set = hanging(rows, [mark], [exact(" ".repeat(mark.text.length))]);
  if (extent === "whole" || (set.length <= SAID_ROWS && near.length === text.length)) return set;
  return [...set.slice(0, SAID_ROWS), foldRow(null, look)];
}

/** What the model asked, and what was said to it. */
function answeredRows(question: string, answer: UserInputAnswer, id: string, look: Look): Line[] {
  const { accent, bold } = look.theme;
  const mark = sign(look, "question", accent);
  const beside = [exact(" ".repeat(mark.text.length))];
  const width = look.columns - mark.text.length;
  const said = answer.type === "answered" ? (answer.answers[id]?.answers ?? []) : [];
  const lines = said.length > 0 ? said : [answer.type === "declined" && answer.reason ? answer.reason : "not answered"];
  return [
    ...hanging(wrappedLine([reading(question, bold)], width), [mark], beside),
    ...lines.flatMap((line) => hanging(wrappedLine([reading(line)], width), beside, beside)),
  ];
}

/** What an end of a turn says beside how it ended. */
interface TurnEnd {
  turn_usage: Usage;
  files?: TurnFiles;
}

/** `48 s · 14.2k tokens (11.8k cached) · $0.04 · files: 2 changed, 14 deleted (12 kB gone) · /undo` */
function endText({ turn_usage: usage, files }: TurnEnd, facts: EntryFacts): string {
  const tokens = usage.input_tokens + usage.output_tokens;
  const cached = usage.cached_input_tokens > 0 ? ` (${count(usage.cached_input_tokens)} cached)` : "";
  const parts = [
    facts.took_ms === undefined ? null : duration(facts.took_ms),
    `${count(tokens)} tokens${cached}`,
    facts.cost === undefined ? null : money(facts.cost),
    files === undefined ? null : `files: ${turnFilesText(files)}`,
    files !== undefined && deletedMore(files) ? "/undo takes it back" : null,
  ];
  return parts.filter((part) => part !== null && part !== "").join(" · ");
}

/** How a turn ended that did not end well, and what to do next. An interruption is what the person wanted. */
function failedRows(end: TurnEnd & { error: Failure }, facts: EntryFacts, look: Look): Line[] {
  const { theme } = look;
  const { error } = end;
  if (error.kind === "interrupted") {
    const text = `stopped · ${endText(end, facts)}`;
    return [cut([sign(look, "neither", theme.warn), exact(text, theme.dim)], look.columns)];
  }
  const next = NEXT[error.kind];
  return signedRows([sign(look, "bad", theme.bad)], `${error.message}${next ? ` · ${next}` : ""}`, look, "bad");
}

/** The next step, where there is one that the message does not know. */
const NEXT: Partial<Record<Failure["kind"], string>> = {
  unauthorized: "moat login, or /model",
  context_overflow: "/compact, or /new",
  quota: "/model, or later",
  rate_limited: "later, or /model",
  stream_disconnected: "say it again to go on",
  idle_timeout: "say it again to go on",
  server_error: "say it again to go on, or /model",
  empty_answer: "say it again, or /model",
  sandbox_unavailable: "moat doctor says why",
  internal: "moat doctor, and say it again to go on",
};
