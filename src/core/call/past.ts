import type { PastCommand } from "../../policy/index.ts";
import { callText, isCall, namespaceOf } from "../request/history.ts";
import type { Part } from "../state.ts";

type PastThread = Part<"conversation" | "settings" | "services">;

/**
 * The commands that the model has asked for so far in this thread, the oldest first, whatever became of them: what a lasting
 * rule would have let through. Calls without an output are still to be decided about.
 */
export async function pastCommands({ conversation, settings, services }: PastThread): Promise<PastCommand[]> {
  const open = new Set(conversation.openCalls());
  const past: PastCommand[] = [];
  for (const call of conversation.items.filter(isCall).filter((one) => !open.has(one))) {
    const tool = await services.tools.load(call.name, namespaceOf(call));
    const parsed = await tool?.parse(callText(call), settings.cwd);
    const effect = parsed?.ok === true ? tool?.effect(parsed.args, settings.cwd) : null;
    if (effect?.kind === "command") past.push(effect);
  }
  return past;
}
