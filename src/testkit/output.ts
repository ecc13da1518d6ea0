/**
 * What a scripted model says, free of any wire: `respond` and its like write it as the events of theirs. `deltas` are the
 * pieces that are streamed, one event each.
 */
export type ServerOutput =
  | { type: "message"; deltas: string[]; phase?: string }
  | { type: "reasoning"; deltas: string[]; encrypted: string }
  /** `namespace`: of a server whose tool it is; the Responses wire has it. */
  | { type: "function_call"; name: string; deltas: string[]; call_id: string; namespace?: string }
  | { type: "custom_tool_call"; name: string; deltas: string[]; call_id: string };

/** Tokens of a scripted response; the defaults are small and all different, so that a mix-up shows. */
export interface ScriptedUsage {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
}

export const DEFAULT_USAGE: ScriptedUsage = { input: 1000, cached: 600, output: 50, reasoning: 20 };

/** A message. With several pieces, each is a delta of its own. */
export function say(...deltas: string[]): ServerOutput {
  return { type: "message", deltas };
}

/** A summary of reasoning, with encrypted content (the signature, where the wire signs) that must come back unchanged. */
export function think(...deltas: string[]): ServerOutput {
  return { type: "reasoning", deltas, encrypted: `encrypted:${deltas.join("")}` };
}

/** A function call. `args` that is a string is sent as it is, so that malformed JSON can be scripted. */
export function call(name: string, args: object | string, call_id = `call_${name}`): ServerOutput {
  const text = typeof args === "string" ? args : JSON.stringify(args);
  return { type: "function_call", name, call_id, deltas: halves(text) };
}

/** A call of a freeform tool. */
export function callCustom(name: string, input: string, call_id = `call_${name}`): ServerOutput {
  return { type: "custom_tool_call", name, call_id, deltas: halves(input) };
}

/** Two pieces, so that a reader that takes only one of them is found out. */
function halves(text: string): string[] {
  const middle = text.length >> 1;
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== "");
}
