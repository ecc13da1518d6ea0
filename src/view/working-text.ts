import { commandText } from "./item-lines.ts";
import { duration } from "./quantity.ts";
import type { OpenItem, Transcript } from "./transcript.ts";

/**
 * What is going on, in one line without styles: `12 s · $ npm test · Ctrl-C interrupts`. null: nothing, or a person is asked.
 * `growing`: what the model writes. `elapsed_ms`: since the turn began.
 */
export function workingText(
  { status, open, plan }: Pick<Transcript, "status" | "open" | "plan">,
  growing: "agent_message" | "reasoning" | null,
  elapsed_ms: number,
): string | null {
  if (status.type !== "working" && status.type !== "retrying") return null;
  const step = plan?.findIndex(({ completed }) => !completed) ?? -1;
  const planned = plan?.[step] ? `${plan[step].text} (${step + 1} of ${plan.length})` : null;
  const words =
    status.type === "retrying" ? "waiting for the provider" : growing === "agent_message" ? "answering" : null;
  const does = words ?? doing(open) ?? "thinking";
  const whole = Math.floor(elapsed_ms / 1000);
  const seconds = whole < 60 ? `${whole} s` : duration(whole * 1000);
  return [seconds, "Ctrl-C interrupts", does, ...(planned === null ? [] : [planned])].join(" · ");
}

/** The first call that runs. */
function doing(open: readonly OpenItem[]): string | null {
  for (const one of open) {
    if (one.type !== "item") continue;
    const { item } = one;
    if (item.type === "command_execution") return `$ ${commandText(item.command).split("\n", 1)[0]}`;
    if (item.type === "mcp_tool_call") return `${item.server}.${item.tool}`;
    if (item.type === "web_search") return `search ${item.query}`;
  }
  return null;
}
