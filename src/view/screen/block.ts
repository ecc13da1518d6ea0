import { match } from "ts-pattern";
import type { Item } from "../../protocol/index.ts";
import { type Printable, SafeText } from "../../term/index.ts";
import type { Block, Look } from "./contract.ts";
import { entryRows } from "./entry.ts";
import type { Extent } from "./items/fold.ts";
import { reasoningRows } from "./items/reasoning.ts";
import { markdownRows } from "./markdown/blocks.ts";
import { startRows } from "./start.ts";
import { blanks, exact, hanging, type Line, lineWidth, painted, wrappedLine } from "./text/line.ts";
import { runsOf } from "./text/styled.ts";

/**
 * A finished block, folded. `above`: the last block over it that has lines; a blank line parts the two, but not things that
 * were done one after the other. null: it is the first; left out: it is not known.
 */
export function block(shown: Block, look: Look, above?: Block | null): readonly SafeText[] {
  const rows = blockRows(shown, look, "folded");
  return (rows.length > 0 && isApart(above, shown) ? [[], ...rows] : rows).map(painted);
}

/** The same unfolded, for the pager. There a blank line parts all that is long. */
export function whole(shown: Block, look: Look, above?: Block | null): readonly SafeText[] {
  const rows = blockRows(shown, look, "whole");
  return (rows.length > 0 && isApart(above, shown) ? [[], ...rows] : rows).map(painted);
}

function blockRows(shown: Block, look: Look, extent: Extent): Line[] {
  return match(shown)
    .returnType<Line[]>()
    .with({ type: "entry" }, ({ entry, ...facts }) => entryRows(entry, facts, look, extent))
    .with({ type: "prose" }, ({ text }) => markdownRows(withoutBlankStart(text).trimEnd(), look))
    .with({ type: "reasoning" }, ({ text }) => reasoningRows(text, look, extent))
    .with({ type: "note" }, ({ lines }) => lines.flatMap((line) => noteRows(line, look)))
    .with({ type: "start" }, ({ facts }) => startRows(facts, look))
    .exhaustive();
}

/** Blank lines before Markdown are nothing; blanks before its first line may be code. */
export function withoutBlankStart(text: string): string {
  return text.replace(/^(?:[ \t]*\r?\n)+/, "");
}

function noteRows(line: Printable, look: Look): Line[] {
  if (typeof line !== "string") return SafeText.wrap(line, look.columns).map(runsOf);
  return line.split("\n").flatMap((one) => {
    const name = NAMED.exec(one.slice(0, look.columns))?.[0] ?? "";
    const before = exact(name);
    const width = lineWidth([before]);
    if (width === 0 || width > look.columns * NAMES) return wrappedLine([exact(one)], look.columns);
    const rows = wrappedLine([exact(one.slice(name.length))], look.columns - width);
    return hanging(rows, [before], [blanks(width)]);
  });
}

/** A name and two blanks before what it is, or what a line is set in by: the rows that follow are set in as far. */
const NAMED = /^ *(?:\S+(?: \S+)* {2,}(?=\S))?/;
/** Of the width, what that may take. */
const NAMES = 0.6;

/** Whether a blank line parts two blocks. */
export function isApart(above: Block | null | undefined, below: Block): boolean {
  if (above === null) return false;
  if (above === undefined) return below.type !== "start" && !isDoing(below);
  return !(isDoing(above) && isDoing(below));
}

/** Items that are read, not looked through. */
const SAID: ReadonlySet<Item["type"]> = new Set<Item["type"]>(["agent_message", "plan", "todo_list"]);

/** Something that was done, not said: these stand close together. */
function isDoing(shown: Block): boolean {
  if (shown.type === "reasoning") return true;
  if (shown.type !== "entry") return false;
  const { entry } = shown;
  if (entry.type === "item") return !SAID.has(entry.item.type);
  return entry.type === "stream.retrying" || entry.type === "stream.reset" || entry.type === "error";
}
