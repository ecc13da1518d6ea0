import type { ApprovalChoice, ApprovalRequest, Decision } from "../../protocol/index.ts";
import type { Style } from "../../term/index.ts";
import { approvalLines, choiceNotes } from "../../view/index.ts";

/** The letter of each answer; `a` is the first Rust CLI's for this session, `e` asks for the reason of a no. */
const LETTERS: Record<Decision["type"], string> = {
  approved: "y",
  session: "s",
  always: "p",
  denied: "n",
  abort: "q",
};

/** Other words for the same answers. */
const WORDS: Record<string, Decision["type"]> = {
  yes: "approved",
  a: "session",
  session: "session",
  always: "always",
  no: "denied",
  stop: "abort",
};

/** What a typed line says to a question. `reason`: no, and the next line says why. */
export type Answer = { type: "decision"; decision: Decision } | { type: "reason" } | { type: "unclear" };

/** The whole question for a typed answer: what would be done, then every answer with its letter and number. */
export function questionText(request: ApprovalRequest, style: Style): string {
  const rows = request.choices.flatMap((choice, index) => [
    `  ${LETTERS[choice.decision]} or ${index + 1}  ${choice.label}`,
    ...choiceNotes(choice).map((note) => style.dim(`          ${note}`)),
  ]);
  const reason = request.choices.some(({ decision }) => decision === "denied")
    ? ["  e       No, and I will say why (or at once: n REASON)"]
    : [];
  return [...approvalLines(request, style), ...rows, ...reason].map((line) => `${line}\n`).join("");
}

/** `answer [y/s/n/q]: ` */
export function answerPrompt({ choices }: ApprovalRequest): string {
  return `answer [${choices.map(({ decision }) => LETTERS[decision]).join("/")}]: `;
}

/** Reads a typed answer: a letter, a number, a word, or `n` with a reason. */
export function readAnswer(line: string, { choices }: ApprovalRequest): Answer {
  const [word = "", ...rest] = line.trim().split(/\s+/);
  const lower = word.toLowerCase();
  const offers = (type: Decision["type"]) => choices.find(({ decision }) => decision === type);
  if (lower === "e" && rest.length === 0 && offers("denied")) return { type: "reason" };
  const named = Object.hasOwn(WORDS, lower) ? WORDS[lower] : undefined;
  const choice = /^\d+$/.test(word)
    ? choices[Number(word) - 1]
    : choices.find(({ decision }) => LETTERS[decision] === lower || decision === named);
  if (!choice) return { type: "unclear" };
  if (rest.length > 0 && choice.decision !== "denied") return { type: "unclear" };
  return { type: "decision", decision: decisionFor(choice, rest.join(" ")) };
}

/** The answer that a choice stands for. */
export function decisionFor(choice: ApprovalChoice, reason = ""): Decision {
  if (choice.decision === "always") return { type: "always", prefix: choice.prefix ?? [] };
  if (choice.decision === "denied") return reason === "" ? { type: "denied" } : { type: "denied", reason };
  return { type: choice.decision };
}
