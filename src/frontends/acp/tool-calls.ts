import type { ToolCall, ToolCallContent, ToolCallStatus } from "@agentclientprotocol/sdk";
import { scriptOf } from "../../base/index.ts";
import type { CommandExecution, FileChange, Item, McpToolCall, WebSearch } from "../../protocol/index.ts";
import { shownChanges } from "./diffs.ts";

/** Items that an editor is shown as calls of tools. */
export type CallItem = CommandExecution | FileChange | McpToolCall | WebSearch;

export function isCallItem(item: Item): item is CallItem {
  return ["command_execution", "file_change", "mcp_tool_call", "web_search"].includes(item.type);
}

/** Characters of a command's output that a call holds: the end of it, where what matters mostly is. */
const SHOWN_OUTPUT = 32 * 1024;

/** A text as the content of a call. */
export const textContent = (text: string): ToolCallContent => ({ type: "content", content: { type: "text", text } });

/** What a command printed, as a block of code that it cannot leave. */
export function outputContent(output: string): ToolCallContent[] {
  const text = output.trimEnd();
  if (text === "") return [];
  const cut = text.length > SHOWN_OUTPUT;
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  const shown = cut ? text.slice(-SHOWN_OUTPUT) : text;
  return [textContent(`${cut ? "The end of the output:\n" : ""}${fence}\n${shown}\n${fence}`)];
}

/** The one line that stands for a call: the command as it was asked for, the files, the tool. */
export function callTitle(item: CallItem): string {
  switch (item.type) {
    case "command_execution":
      return scriptOf(item.command) ?? item.command;
    case "file_change":
      return item.changes.map(({ path, kind, move_path }) => `${kind} ${move_path ?? path}`).join(", ") || "patch";
    case "mcp_tool_call":
      return `${item.server}.${item.tool}`;
    case "web_search":
      return `search the web: ${item.query}`;
  }
}

const KINDS = {
  command_execution: "execute",
  file_change: "edit",
  mcp_tool_call: "other",
  web_search: "fetch",
} as const;

/** A call as it starts. */
export function startedCall(item: CallItem, toolCallId: string): ToolCall {
  const { content, locations } =
    item.type === "file_change" ? shownChanges(item.changes) : { content: [], locations: [] };
  return {
    toolCallId,
    title: callTitle(item),
    kind: KINDS[item.type],
    status: "in_progress",
    rawInput: rawInput(item),
    ...(content.length > 0 ? { content } : {}),
    ...(locations.length > 0 ? { locations } : {}),
  };
}

function rawInput(item: CallItem): unknown {
  if (item.type === "command_execution") return { command: item.command };
  if (item.type === "mcp_tool_call") return item.arguments;
  return item.type === "web_search" ? { query: item.query } : { changes: item.changes };
}

/** How a call ended; a web search has no end of its own. */
export function callStatus(item: CallItem): ToolCallStatus {
  if (item.type === "web_search") return "completed";
  return item.status === "declined" ? "failed" : item.status;
}

/** What a call came to. */
export function callContent(item: CallItem): ToolCallContent[] {
  switch (item.type) {
    case "command_execution":
      return [...outputContent(item.aggregated_output), ...commandEnd(item)];
    case "file_change":
      return [...shownChanges(item.changes).content, ...(item.error ? [textContent(item.error.message)] : [])];
    case "mcp_tool_call":
      return item.error ? [textContent(item.error.message)] : (item.result?.content ?? []).map(resultContent);
    case "web_search":
      return [];
  }
}

function commandEnd({ status, exit_code }: CommandExecution): ToolCallContent[] {
  if (status === "declined") return [textContent("not run: declined")];
  return exit_code === 0 || exit_code === null ? [] : [textContent(`exit code ${exit_code}`)];
}

/** A part of a tool's result: text as such, anything else as its JSON. */
function resultContent(part: NonNullable<McpToolCall["result"]>["content"][number]): ToolCallContent {
  const text = typeof part === "object" && part !== null && !Array.isArray(part) ? part.text : part;
  return textContent(typeof text === "string" ? text : JSON.stringify(part));
}
