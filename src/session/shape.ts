import { isReserved } from "./line.ts";

/** Whether a value has the fields that readers of rollouts touch. Files can be edited, cut, or come from a newer version. */
type Check = (value: Record<string, unknown>) => boolean;

/** A text, or what stands for one in a packed line. */
const text =
  (key: string): Check =>
  ({ [key]: value }) =>
    typeof value === "string" || (typeof value === "object" && value !== null && isReserved(value));
const list =
  (key: string): Check =>
  (value) =>
    Array.isArray(value[key]);
const object =
  (key: string, check: Check): Check =>
  (value) => {
    const inner = value[key];
    return (
      typeof inner === "object" && inner !== null && !Array.isArray(inner) && check(inner as Record<string, unknown>)
    );
  };
const all =
  (...checks: Check[]): Check =>
  (value) =>
    checks.every((check) => check(value));
const unknownKind: Check = () => true;

/** A kind that is not in the table is one of a newer version: nobody here looks into it. */
const byType =
  (table: Record<string, Check>): Check =>
  (value) =>
    typeof value.type === "string" &&
    (Object.hasOwn(table, value.type) ? table[value.type] : unknownKind)?.(value) === true;

const isItem = all(
  text("id"),
  byType({
    agent_message: text("text"),
    reasoning: text("text"),
    command_execution: all(text("command"), text("aggregated_output")),
    file_change: (value) => Array.isArray(value.changes) && value.changes.every((change) => text("path")(change)),
    mcp_tool_call: all(text("server"), text("tool")),
    web_search: text("query"),
    todo_list: (value) => Array.isArray(value.items) && value.items.every((step) => text("text")(step)),
    plan: text("text"),
    error: text("message"),
  }),
);

const isHistoryItem = byType({
  message: all(text("role"), list("content")),
  reasoning: list("summary"),
  function_call: all(text("call_id"), text("name"), text("arguments")),
  function_call_output: text("call_id"),
  custom_tool_call: all(text("call_id"), text("name"), text("input")),
  custom_tool_call_output: text("call_id"),
});

const isUsage = object("usage", (usage) => typeof usage.input_tokens === "number");

const isQuestion = all(text("id"), text("question"), list("options"));

/** Whether a line of a rollout can be used. Lines of unknown types can: they are passed over. */
export const isUsable: Check = byType({
  "thread.started": all(text("thread_id"), text("cwd")),
  "thread.named": (line) => line.name === null || typeof line.name === "string",
  "turn.started": all(text("turn_id"), object("context", all(text("cwd"), text("model"), text("model_provider")))),
  "settings.changed": object("context", all(text("cwd"), text("model"), text("model_provider"))),
  "turn.completed": all(text("turn_id"), isUsage),
  "turn.failed": all(text("turn_id"), isUsage, object("error", text("message"))),
  "item.started": object("item", isItem),
  "item.updated": object("item", isItem),
  "item.completed": object("item", isItem),
  "approval.requested": object("request", text("call_id")),
  "approval.resolved": text("call_id"),
  "user_input.requested": object(
    "request",
    all(text("call_id"), (request) => Array.isArray(request.questions) && request.questions.every(isQuestion)),
  ),
  "user_input.resolved": all(text("call_id"), object("answer", text("type"))),
  "sandbox.denied": object("denial", text("explanation")),
  "server.learned": all(text("provider"), text("model"), object("limits", list("omit"))),
  "history.added": object("item", isHistoryItem),
  "history.replaced": list("history"),
  "files.restored": all(
    text("kind"),
    list("turns"),
    list("changes"),
    list("conflicts"),
    list("gaps"),
    list("failures"),
  ),
});

/** Whether a value can stand in a history; what a lost reference leaves in a compacted one cannot. */
export function isHistory(value: unknown): boolean {
  return typeof value === "object" && value !== null && isHistoryItem(value as Record<string, unknown>);
}
