import type { Item } from "../protocol/index.ts";
import { type Printable, proseLines, type Style } from "../term/index.ts";
import { saidLines } from "./entry-lines.ts";
import { itemLines } from "./item-lines.ts";
import type { Transcript } from "./transcript.ts";

/** Lines of the last prompt, and of the answer to it, that fit on a small screen together: the rest is counted. */
const SAID_LINES = 4;
const ANSWER_LINES = 16;

/** Where a thread stands, for who comes back to it: the last thing that was said, what came of it, and the plan that is still open. */
export function standingLines({ entries, failure, plan }: Transcript, style: Style): Printable[] {
  const all = [...entries];
  const at = all.findLastIndex(({ type }) => type === "user");
  const said = all[at];
  if (said?.type !== "user") return [];
  const items = all.slice(at + 1).flatMap((entry) => (entry.type === "item" ? [entry.item] : []));
  const answer = items.findLast((item) => item.type === "agent_message" || item.type === "plan");
  const work = workText(items);
  return [
    ...firstLines(saidLines(said.text, style), SAID_LINES, style),
    ...(work === "" ? [] : [style.dim(`  … ${work}`)]),
    ...(answer ? lastLines(proseLines(answer.text), ANSWER_LINES, style) : []),
    ...(failure === null ? [] : [style.red(`the turn ended early: ${failure.message}`)]),
    ...(plan?.some(({ completed }) => !completed) ? planLines(plan, style) : []),
  ];
}

function planLines(items: NonNullable<Transcript["plan"]>, style: Style): Printable[] {
  return [style.dim("the plan:"), ...itemLines({ id: "", type: "todo_list", items }, style)];
}

/** `3 commands, 2 changed files` */
function workText(items: readonly Item[]): string {
  const commands = items.filter(({ type }) => type === "command_execution").length;
  const files = new Set(
    items
      .flatMap((item) => (item.type === "file_change" && item.status === "completed" ? item.changes : []))
      .map(({ path }) => path),
  ).size;
  return [count(commands, "command"), count(files, "changed file")].filter((text) => text !== "").join(", ");
}

const count = (number: number, what: string) => (number === 0 ? "" : `${number} ${what}${number === 1 ? "" : "s"}`);

function firstLines(lines: Printable[], most: number, style: Style): Printable[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), style.dim(`  … ${count(more, "more line")}`)] : lines;
}

function lastLines(lines: Printable[], most: number, style: Style): Printable[] {
  const more = lines.length - most;
  return more > 0 ? [style.dim(`  … ${count(more, "line")} before`), ...lines.slice(-most)] : lines;
}
