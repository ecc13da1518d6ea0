import type { ApprovalChoice, ApprovalRequest, Decision } from "../protocol/index.ts";
import { type SafeText, type Style, safe, visibleLine } from "../term/index.ts";
import { approvalLines, choiceNotes, LETTERS } from "../view/index.ts";

/** Other words for the same answers; `a` is the letter that the TypeScript CLI had. */
const WORDS: Record<string, Decision["type"]> = {
  yes: "approved",
  a: "always",
  session: "session",
  always: "always",
  edit: "edited",
  no: "denied",
  stop: "abort",
};

/** The letters of a choice in a dialog, the one that is shown first. Escape is the key of what stops the turn. */
export function lettersOf({ decision }: ApprovalChoice): string[] {
  if (decision === "abort") return ["Esc"];
  const others = Object.keys(WORDS).filter((word) => word.length === 1 && WORDS[word] === decision);
  return [LETTERS[decision], ...others];
}

/** What a typed line says to a question. `command`: the next line is what shall run instead of `command`. */
export type Answer =
  | { type: "decision"; decision: Decision }
  | { type: "command"; command: string }
  | { type: "unclear" };

/** The whole question for a typed answer: what would be done, then every answer with its letter and number. */
export function questionLines(request: ApprovalRequest, style: Style): SafeText[] {
  const rows = request.choices.flatMap((choice, index) => [
    safe`  ${LETTERS[choice.decision]} or ${String(index + 1)}  ${visibleLine(choice.label)}`,
    ...[...choiceNotes(choice), ...(choice.decision === "denied" ? ["n REASON tells it why"] : [])].map((note) =>
      style.dim(`          ${note}`),
    ),
  ]);
  return [...approvalLines(request, style), ...rows];
}

/** `answer [y/s/n/q]: ` */
export function answerPrompt({ choices }: ApprovalRequest): string {
  return `answer [${choices.map(({ decision }) => LETTERS[decision]).join("/")}]: `;
}

/** Reads a typed answer: a letter, a number or a word; after a no its reason, after `e` the other command. */
export function readAnswer(line: string, { choices }: ApprovalRequest): Answer {
  const [, word = "", rest = ""] = line.trim().match(/^(\S*)\s*([\s\S]*)$/) ?? [];
  const lower = word.toLowerCase();
  const named = Object.hasOwn(WORDS, lower) ? WORDS[lower] : undefined;
  const choice = /^\d+$/.test(word)
    ? choices[Number(word) - 1]
    : choices.find(({ decision }) => LETTERS[decision] === lower || decision === named);
  if (!choice) return { type: "unclear" };
  if (choice.decision === "edited" && rest === "") return { type: "command", command: choice.command ?? "" };
  if (rest !== "" && choice.decision !== "denied" && choice.decision !== "edited") return { type: "unclear" };
  return { type: "decision", decision: decisionFor(choice, rest) };
}

/** The answer that a choice stands for. `text`: the reason of a no, or the other command. */
export function decisionFor(choice: ApprovalChoice, text: string): Decision {
  switch (choice.decision) {
    case "always":
      return { type: "always", prefix: choice.prefix ?? [] };
    case "edited":
      return { type: "edited", command: text };
    case "denied":
      return text === "" ? { type: "denied" } : { type: "denied", reason: text };
    default:
      return { type: choice.decision };
  }
}
