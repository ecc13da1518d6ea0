import { match } from "ts-pattern";
import type { Item, McpToolCall, TodoList } from "../../../protocol/index.ts";
import { duration } from "../../quantity.ts";
import type { Look } from "../contract.ts";
import { markdownRows } from "../markdown/blocks.ts";
import { sign } from "../signs.ts";
import { cut, exact, hanging, type Line, reading, row, wrappedLine } from "../text/line.ts";
import { below, commandRows, declinedRows } from "./command.ts";
import type { Extent } from "./fold.ts";
import { patchRows } from "./patch.ts";
import { reasoningRows } from "./reasoning.ts";

/** What is known of an item beside itself. */
export interface ItemContext {
  denial: string | null;
  took_ms: number | null;
}

/** A finished item as rows. */
export function itemRows(item: Item, context: ItemContext, look: Look, extent: Extent): Line[] {
  const { denial, took_ms } = context;
  return match(item)
    .returnType<Line[]>()
    .with({ type: "agent_message" }, ({ text }) => markdownRows(text, look))
    .with({ type: "reasoning" }, ({ text }) => reasoningRows(text, look, extent))
    .with({ type: "command_execution" }, (command) => commandRows(command, denial, took_ms, look, extent))
    .with({ type: "file_change" }, (change) => patchRows(change, look, extent))
    .with({ type: "todo_list" }, ({ items }) => planRows(items, look))
    .with({ type: "mcp_tool_call" }, (call) => mcpRows(call, took_ms, look, extent))
    .with({ type: "web_search" }, ({ query }) => [
      cut(
        [sign(look, "note", look.theme.dim), exact("searched the web: "), reading(query, look.theme.bold)],
        look.columns,
      ),
    ])
    .with({ type: "plan" }, ({ text }) => [
      cut(
        [sign(look, "note", look.theme.accent), exact("the plan that the model proposes", look.theme.bold)],
        look.columns,
      ),
      [],
      ...markdownRows(text, look),
    ])
    .with({ type: "error" }, ({ message }) =>
      signedRows([sign(look, "warning", look.theme.warn)], message, look, "warn"),
    )
    .exhaustive();
}

/** The steps of a plan. The first that is not done is the one that is worked on. */
export function planRows(items: TodoList["items"], look: Look): Line[] {
  const { theme, words } = look;
  const current = items.findIndex(({ completed }) => !completed);
  return items.flatMap(({ text, completed }, index) => {
    const now = index === current;
    const mark = words ? (completed ? "done: " : now ? "now: " : "open: ") : completed ? "✓ " : now ? "▸ " : "– ";
    const paint = completed ? theme.dim : now ? theme.bold : null;
    const first = exact(`  ${mark}`, completed ? theme.good : now ? theme.accent : theme.dim);
    const rows = wrappedLine([reading(text, paint)], look.columns - first.text.length);
    return hanging(rows, [first], [exact(" ".repeat(first.text.length))]);
  });
}

/** A sentence behind a sign, wrapped below its first letter. */
export function signedRows(signs: Line, text: string, look: Look, role: "warn" | "bad" | "dim"): Line[] {
  const paint = look.theme[role];
  const width = signs.reduce((sum, run) => sum + run.text.length, 0);
  const rows = text
    .split("\n")
    .flatMap((line) => wrappedLine([reading(line, paint)], Math.max(8, look.columns - width)));
  return hanging(rows, signs, [exact(" ".repeat(look.columns - width < 8 ? 0 : width))]);
}

function mcpRows(call: McpToolCall, took_ms: number | null, look: Look, extent: Extent): Line[] {
  const { theme, words } = look;
  const failed = call.status === "failed" || call.error !== null;
  const how =
    call.status === "declined"
      ? (["–", "declined", theme.warn] as const)
      : failed
        ? (["✗", "failed", theme.bad] as const)
        : call.status === "completed"
          ? (["✓", "finished", theme.good] as const)
          : (["–", "not finished", theme.warn] as const);
  const time = took_ms === null ? "" : ` ${duration(took_ms)}`;
  const left = [
    sign(look, "note", theme.dim),
    exact(`${call.server}.${call.tool}`, theme.bold),
    exact(` ${argumentsText(call, look)}`, theme.dim),
  ];
  const head = row(
    left,
    [exact(`${words || call.status === "declined" ? how[1] : how[0]}${time}`, how[2])],
    look.columns,
  );
  const error = call.error === null ? [] : below([reading(call.error.message)], look, theme.bad);
  const whole = extent === "whole" ? wholeRows(call, look) : [];
  return [head, ...declinedRows(call.declined, look), ...error, ...whole];
}

function argumentsText({ arguments: given }: McpToolCall, look: Look): string {
  const text = JSON.stringify(given) ?? "";
  return text === "{}" || text === "null" ? "" : text.slice(0, look.columns * 2);
}

/** What it was given and what it gave back. */
function wholeRows(call: McpToolCall, look: Look): Line[] {
  const texts = [JSON.stringify(call.arguments, null, 2) ?? "", ...(call.result?.content ?? []).map(contentText)];
  return texts
    .flatMap((text) => text.split("\n"))
    .flatMap((line) => below([reading(line)], look, look.theme.dim, "cells"));
}

function contentText(part: unknown): string {
  const text = typeof part === "object" && part !== null && "text" in part ? part.text : null;
  return typeof text === "string" ? text : (JSON.stringify(part, null, 2) ?? "");
}
