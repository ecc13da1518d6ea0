import { match } from "ts-pattern";
import type { TurnContext, TurnFiles, UserInputAnswer, UserInputQuestion } from "../protocol/index.ts";
import { type Printable, proseLines, type Style, safe, visibleLine } from "../term/index.ts";
import { deletedMore, restoredLines, turnFilesText } from "./files-text.ts";
import { denialSentence, itemLines, OUTPUT_LINES, refusalLines } from "./item-lines.ts";
import { retryText } from "./retry-text.ts";
import type { Entry } from "./transcript.ts";

/** What a turn runs with, in one line. */
export function contextText(context: TurnContext): string {
  const { model, model_provider, effort, sandbox_mode, approval_policy, cwd, after_plan, untold } = context;
  const thinks = effort === null ? "" : `, effort ${effort}`;
  const mode = after_plan === undefined ? "" : "plan mode · ";
  // In an imported thread, what its file did not say: nobody knows it.
  const sandbox = untold?.sandbox_mode === undefined ? ` · sandbox ${sandbox_mode}` : "";
  const approvals = untold?.approval_policy === undefined ? ` · approvals ${approval_policy}` : "";
  return `${mode}${model} (${model_provider}${thinks})${sandbox}${approvals} · ${cwd}`;
}

/** What a person said, marked as theirs. */
export function saidLines(text: string, style: Style): Printable[] {
  return proseLines(text).map((line) => style.bold(safe`> ${line}`));
}

/** What the sandbox refused to an item, below it. */
export function denialLines(denial: string | null, style: Style): Printable[] {
  return denial === null
    ? []
    : denialSentence(denial)
        .split("\n")
        .map((line) => style.yellow(`  ${line}`));
}

/** What the model asked, and what was said to it. */
function answerLines(questions: readonly UserInputQuestion[], answer: UserInputAnswer, style: Style): Printable[] {
  const given = answer.type === "answered" ? answer.answers : {};
  const without =
    answer.type === "declined" ? `not answered${answer.reason ? `: ${answer.reason}` : ""}` : "not answered";
  return questions.flatMap(({ id, question }) => [
    style.bold(safe`? ${visibleLine(question)}`),
    ...(given[id]?.answers ?? [without]).map((said) => safe`  ${visibleLine(said)}`),
  ]);
}

/** What a turn changed on the disk, below how it ended. */
function filesLines(files: TurnFiles | undefined, style: Style): Printable[] {
  if (files === undefined) return [];
  const offer = deletedMore(files) ? " · /undo (moat undo) takes it back" : "";
  return [style.dim(`files: ${turnFilesText(files)}${offer}`)];
}

/** An entry as plain lines, for front ends that append and never repaint. Empty for what other lines say already. */
export function entryLines(entry: Entry, style: Style, output_lines = OUTPUT_LINES): Printable[] {
  return (
    match(entry)
      .returnType<Printable[]>()
      .with({ type: "user" }, ({ text }) => ["", ...saidLines(text, style)])
      .with({ type: "item" }, ({ item, denial }) => [
        ...itemLines(item, style, output_lines),
        ...refusalLines(item, style),
        ...denialLines(denial, style),
        "",
      ])
      .with({ type: "answered" }, ({ questions, answer }) => answerLines(questions, answer, style))
      .with({ type: "turn.started" }, ({ context }) => [style.dim(contextText(context)), ""])
      .with({ type: "settings.changed" }, ({ context }) => [style.dim(contextText(context))])
      .with({ type: "error" }, ({ message }) => [style.yellow(message)])
      .with({ type: "stream.retrying" }, ({ attempt, max, delay_ms, error }) => [
        style.yellow(retryText(attempt, max, delay_ms, error)),
      ])
      .with({ type: "stream.reset" }, () => [style.dim("(what was said since the last line is void)")])
      .with({ type: "history.replaced" }, ({ why, tokens_before, tokens_after }) => [
        style.dim(`the conversation was ${why}: about ${tokens_before} → ${tokens_after} tokens`),
      ])
      // The end of the turn says it.
      .with({ type: "budget" }, () => [])
      .with({ type: "files.restored" }, (files) => restoredLines(files).map((line) => safe`${visibleLine(line)}`))
      .with({ type: "turn.failed" }, ({ error, files }) => [
        ...filesLines(files, style),
        style.red(`moat: ${error.message}`),
      ])
      .with({ type: "turn.completed" }, ({ turn_usage: usage, files }) => [
        ...filesLines(files, style),
        style.dim(`tokens: ${usage.input_tokens} in (${usage.cached_input_tokens} cached), ${usage.output_tokens} out`),
      ])
      .exhaustive()
  );
}
