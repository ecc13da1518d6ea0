import { match } from "ts-pattern";
import type { SafeText } from "../../term/index.ts";
import type { Block, Look } from "./contract.ts";
import { entryRows } from "./entry.ts";
import type { Extent } from "./items/command.ts";
import { reasoningRows } from "./items/reasoning.ts";
import { markdownRows } from "./markdown/blocks.ts";
import { startRows } from "./start.ts";
import { exact, type Line, painted, wrapped } from "./text/line.ts";
import { runsOf } from "./text/styled.ts";

/**
 * A finished block, folded. `above`: the last block over it that has lines; a blank line parts the two, but not things that
 * were done one after the other. null: it is the first.
 */
export function block(shown: Block, look: Look, above: Block | null): readonly SafeText[] {
  const rows = blockRows(shown, look, "folded");
  return (rows.length > 0 && isApart(above, shown) ? [[], ...rows] : rows).map(painted);
}

/** The same unfolded, for the pager. */
export function whole(shown: Block, look: Look): readonly SafeText[] {
  return blockRows(shown, look, "whole").map(painted);
}

function blockRows(shown: Block, look: Look, extent: Extent): Line[] {
  return match(shown)
    .returnType<Line[]>()
    .with({ type: "entry" }, ({ entry, facts }) => entryRows(entry, facts, look, extent))
    .with({ type: "prose" }, ({ text }) => markdownRows(text.replace(/^(?:[ \t]*\n)+/, "").trimEnd(), look))
    .with({ type: "reasoning" }, ({ text }) => reasoningRows(text, look, extent))
    .with({ type: "note" }, ({ lines }) =>
      lines.flatMap((line) =>
        (typeof line === "string" ? line.split("\n").map((one) => [exact(one)]) : [runsOf(line)]).flatMap((one) =>
          wrapped(one, look.columns),
        ),
      ),
    )
    .with({ type: "start" }, ({ facts }) => startRows(facts, look))
    .exhaustive();
}

/** Whether a blank line parts two blocks. */
export function isApart(above: Block | null, below: Block): boolean {
  return above !== null && !(isDoing(above) && isDoing(below));
}

/** Something that was done, not said: these stand close together. */
function isDoing(shown: Block): boolean {
  if (shown.type === "reasoning") return true;
  if (shown.type !== "entry") return false;
  const { entry } = shown;
  if (entry.type === "item") return entry.item.type !== "agent_message" && entry.item.type !== "todo_list";
  return entry.type === "stream.retrying" || entry.type === "stream.reset" || entry.type === "error";
}
