import type { Look } from "./contract.ts";
import { exact, type Paint, type Run } from "./text/line.ts";

/** What stands at the left edge of what is no prose, and the words that screen readers read instead. */
const SIGNS = {
  person: ["› ", "you: "],
  command: ["$ ", "command: "],
  patch: ["± ", "patch: "],
  good: ["✓ ", "done: "],
  bad: ["✗ ", "failed: "],
  neither: ["– ", "not done: "],
  question: ["? ", "question: "],
  warning: ["! ", "warning: "],
  note: ["· ", "note: "],
  work: ["▸ ", "working: "],
} as const;

export type Sign = keyof typeof SIGNS;

export function sign(look: Look, name: Sign, paint: Paint | null = null): Run {
  return exact(SIGNS[name][look.words ? 1 : 0], paint);
}
