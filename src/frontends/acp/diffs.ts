import type { ToolCallContent, ToolCallLocation } from "@agentclientprotocol/sdk";
import type { FileUpdateChange } from "../../protocol/index.ts";
import { visible } from "../../term/index.ts";

/** A part of a file before and after. */
interface Part {
  /** First line of it in the new file, from 1. */
  line: number;
  before: string[];
  after: string[];
}

/** The parts of a unified diff of one file. Pure. */
function partsOf(diff: string): Part[] {
  const parts: Part[] = [];
  for (const line of diff.split("\n")) {
    const head = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(line);
    const part = parts.at(-1);
    if (head) parts.push({ line: Math.max(1, Number(head[1])), before: [], after: [] });
    else if (part && line.startsWith("-")) part.before.push(line.slice(1));
    else if (part && line.startsWith("+")) part.after.push(line.slice(1));
    else if (part && line.startsWith(" ")) {
      part.before.push(line.slice(1));
      part.after.push(line.slice(1));
    }
  }
  return parts;
}

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

/** A change of files as diffs, one for each part that changes, and where they are. */
export function shownChanges(changes: readonly FileUpdateChange[]): {
  content: ToolCallContent[];
  locations: ToolCallLocation[];
} {
  const content: ToolCallContent[] = [];
  const locations: ToolCallLocation[] = [];
  for (const { path, kind, diff = "", move_path } of changes) {
    const parts = partsOf(diff);
    const shown = move_path ?? path;
    if (move_path !== undefined)
      content.push({ type: "content", content: { type: "text", text: visible(`${path} → ${move_path}`) } });
    for (const { before, after } of parts) {
      const oldText = kind === "add" && before.length === 0 ? null : textOf(before);
      content.push({ type: "diff", path: shown, oldText, newText: textOf(after) });
    }
    if (parts.length === 0 && move_path === undefined)
      content.push({ type: "content", content: { type: "text", text: visible(`${kind} ${path}`) } });
    const [first] = parts;
    locations.push({ path: shown, ...(first ? { line: first.line } : {}) });
  }
  return { content, locations };
}
