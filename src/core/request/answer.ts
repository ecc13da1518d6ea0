import type { HistoryItem, JsonSchema } from "../../protocol/index.ts";
import { TurnFailed } from "../failed.ts";
import type { Part } from "../state.ts";
import { developerItem } from "./instructions.ts";

/** Problems that the model, or the user, is told of one answer. */
const MAX_PROBLEMS = 10;

/**
 * Holds the final message against the schema that was asked for, whatever the provider promises. null: it follows it, or
 * there is none. The first time that it does not, what the model is told so that it answers again; then the turn fails.
 */
export async function repairAnswer(
  state: Part<"settings" | "conversation">,
  again: boolean,
): Promise<HistoryItem | null> {
  const { output_schema } = state.settings;
  if (output_schema === null) return null;
  const problems = await problemsOf(lastMessage(state.conversation.items), output_schema);
  if (problems.length === 0) return null;
  const list = problems.slice(0, MAX_PROBLEMS).join("; ");
  if (again) {
    const message = `the final message does not follow the output schema, also after it was sent back: ${list}`;
    throw new TurnFailed({ kind: "invalid_output", message, retryable: false });
  }
  return developerItem(
    `Your last message does not follow the JSON Schema that was asked for: ${list}. ` +
      `Answer once more with nothing but the corrected JSON. The schema: ${JSON.stringify(output_schema)}`,
  );
}

/** Text of the last message of the model; empty when there is none. */
export function lastMessage(items: readonly HistoryItem[]): string {
  const last = items.findLast((item) => item.type === "message" && item.role === "assistant");
  if (last?.type !== "message") return "";
  return last.content.map((part) => (part.type === "output_text" ? part.text : "")).join("");
}

async function problemsOf(text: string, schema: JsonSchema): Promise<string[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [text.trim() === "" ? "it is empty" : `it is no JSON (${(error as Error).message})`];
  }
  // Checking takes 12 ms of start-up: only who asked for it pays for it.
  const { schemaProblems } = await import("./json-schema.ts");
  return schemaProblems(value, schema);
}
