import type { Event } from "../../protocol/index.ts";
import type { Style } from "../../term/index.ts";
import { itemLines } from "../../view/index.ts";
import { retryText } from "./json.ts";

/** Progress for a person, line by line; nothing is ever repainted. Empty for what needs no line. */
export function humanLines(event: Event, style: Style): string[] {
  if (event.type === "turn.started") {
    const { model, model_provider, sandbox_mode, approval_policy, cwd } = event.context;
    const facts = `${model} (${model_provider}) · sandbox ${sandbox_mode} · approvals ${approval_policy} · ${cwd}`;
    return [style.dim(facts)];
  }
  if (event.type === "item.completed") return [...itemLines(event.item, style), ""];
  if (event.type === "sandbox.denied") return [style.yellow(`  sandbox: ${event.denial.explanation}`)];
  if (event.type === "stream.retrying") {
    return [style.yellow(retryText(event.attempt, event.max, event.delay_ms, event.error))];
  }
  if (event.type === "error") return [style.yellow(event.message)];
  if (event.type === "turn.completed") {
    const { input_tokens, cached_input_tokens, output_tokens } = event.turn_usage;
    return [style.dim(`tokens: ${input_tokens} in (${cached_input_tokens} cached), ${output_tokens} out`)];
  }
  if (event.type === "turn.failed") return [style.red(`moat: ${event.error.message}`)];
  return [];
}
