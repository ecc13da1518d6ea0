import type { AvailableCommand } from "@agentclientprotocol/sdk";
import type { InputPart, Op } from "../../protocol/index.ts";

/** What a session can be told by a slash, beside what is said to the model. */
export const SLASH_COMMANDS: AvailableCommand[] = [
  {
    name: "compact",
    description: "Replace the conversation so far by notes about it",
    input: { hint: "what matters most (optional)" },
  },
  {
    name: "undo",
    description: "Take back what the last turns changed on the disk",
    input: { hint: "how many turns, or force (optional)" },
  },
  { name: "redo", description: "Bring back what the last undo took", input: { hint: "force (optional)" } },
];

export type SlashOp = Extract<Op, { type: "compact" | "undo" | "redo" }>;

/** The op that a prompt is; null: it is for the model. */
export function slashOp([first]: readonly InputPart[]): SlashOp | null {
  const [, name, rest = ""] = (first?.type === "text" && /^\/(\w+)(?:\s+([\s\S]*))?$/.exec(first.text.trim())) || [];
  const words = rest.trim();
  if (name === "compact") return { type: "compact", ...(words === "" ? {} : { instructions: words }) };
  const force = words === "force" ? { force: true } : {};
  if (name === "redo" && (words === "" || words === "force")) return { type: "redo", ...force };
  if (name !== "undo" || !/^(|force|[1-9]\d{0,8})$/.test(words)) return null;
  return { type: "undo", ...force, ...(/^\d/.test(words) ? { turns: Number(words) } : {}) };
}
