import type { TrustQuestion } from "../config/index.ts";
import { visible } from "../config/index.ts";

/** Lines of one file's diff that a question shows; `moat config trust add` shows all of them. */
const QUESTION_LINES = 200;

/** The question as text: each file, what it would do, and what changed. Control characters are shown, not obeyed. */
export function trustText(question: TrustQuestion, lines = Number.POSITIVE_INFINITY): string {
  const parts = question.files.map(
    ({ path, state, asks, diff }) =>
      `${path} (${state})\n  wants: ${asks.join("\n         ")}\n\n${head(diff, lines)}\n`,
  );
  const first = `${question.folder}${question.folder_trust === null ? " is not trusted yet" : ""}\n`;
  return visible([first, ...parts].join("\n"));
}

/** The same, short enough to stand above a prompt. */
export function shortTrustText(question: TrustQuestion): string {
  return trustText(question, QUESTION_LINES);
}

function head(diff: string, lines: number): string {
  const all = diff.split("\n");
  if (all.length <= lines) return diff;
  return [...all.slice(0, lines), `… ${all.length - lines} lines more: \`moat config trust add\` shows them`].join(
    "\n",
  );
}

/** The question in one line. */
export function trustLine({ folder, files }: TrustQuestion): string {
  const what =
    files.length === 0 ? "" : ` and use ${files.length === 1 ? "the file" : `the ${files.length} files`} above`;
  return `Trust ${visible(folder)}${what}?`;
}
