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
  switch (entry.type) {
    case "user":
      return ["", ...saidLines(entry.text, style)];
    case "item": {
      const { item, denial } = entry;
      return [...itemLines(item, style, output_lines), ...refusalLines(item, style), ...denialLines(denial, style), ""];
    }
    case "answered":
      return answerLines(entry.questions, entry.answer, style);
    case "turn.started":
      return [style.dim(contextText(entry.context)), ""];
    case "settings.changed":
      return [style.dim(contextText(entry.context))];
    case "error":
      return [style.yellow(entry.message)];
    case "stream.retrying":
      return [style.yellow(retryText(entry.attempt, entry.max, entry.delay_ms, entry.error))];
    case "stream.reset":
      return [style.dim("(what was said since the last line is void)")];
    case "history.replaced": {
      const { why, tokens_before, tokens_after } = entry;
      return [style.dim(`the conversation was ${why}: about ${tokens_before} → ${tokens_after} tokens`)];
    }
    // The end of the turn says it.
    case "budget":
      return [];
    case "files.restored":
      return restoredLines(entry).map((line) => safe`${visibleLine(line)}`);
    case "turn.failed":
      return [...filesLines(entry.files, style), style.red(`moat: ${entry.error.message}`)];
    case "turn.completed": {
      const { input_tokens, cached_input_tokens, output_tokens } = entry.turn_usage;
      const tokens = `tokens: ${input_tokens} in (${cached_input_tokens} cached), ${output_tokens} out`;
      return [...filesLines(entry.files, style), style.dim(tokens)];
    }
  }
}
