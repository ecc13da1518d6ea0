/*
 * Some models write a call into their text, in the form that they were trained on, where it is no call: nothing runs, and the
 * turn would end. These are the forms, each with the models that are known for it.
 */
const FORMS: readonly RegExp[] = [
  // Hermes, Qwen: <tool_call>{"name": …}</tool_call>; Qwen3-Coder, Nemotron: <function=NAME>.
  /<tool_call>|<function=[\w.-]+>/,
  // Llama 3.
  /<\|python_tag\|>/,
  // ReAct prompts.
  /^Action: *[\w.-]+\s*\nAction Input:/m,
  // Claude's former form, which others imitate.
  /<invoke name=|<function_calls>/,
  // Mistral, Kimi, DeepSeek, Gemma: special tokens that their server should have taken.
  /\[TOOL_CALLS\]|<\|tool_calls?(_section)?_begin\|>|<[|｜]tool[▁_ ]calls?[▁_ ]begin[|｜]>|<\|tool_call\|>|<｜DSML｜|```tool_(call|code)\b/,
  // gpt-oss without its parser.
  /\bto=functions\.[\w-]+|<\|channel\|>commentary/,
];

/** The name of the tool that the final message calls in words; null: it calls none. `tools`: names of those on offer. */
export function writtenCall(message: string, tools: readonly string[]): string | null {
  const text = message.trim();
  const named = tools.find((name) => text.includes(name));
  if (named !== undefined && FORMS.some((form) => form.test(text))) return named;
  return jsonCall(text, tools) ?? pythonCall(text, tools);
}

/** A message that is nothing but `{"name": TOOL, "arguments": {…}}`, or a list of such, fenced or not. */
function jsonCall(text: string, tools: readonly string[]): string | null {
  const body = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(text)?.[1] ?? text;
  if (!/^[{[]/.test(body)) return null;
  try {
    const value: unknown = JSON.parse(body);
    const [first] = Array.isArray(value) ? value : [value];
    const call = fieldsOf(fieldsOf(first).function ?? first);
    const name = call.name ?? call.tool ?? call.tool_name;
    const args = call.arguments ?? call.parameters ?? call.args ?? call.input;
    const isCall = typeof args === "object" || (typeof args === "string" && args.trimStart().startsWith("{"));
    return (isCall && tools.find((tool) => tool === name)) || null;
  } catch {
    return null;
  }
}

const fieldsOf = (value: unknown) =>
  (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;

/** Llama 4: a message that is nothing but `[TOOL(argument="…")]`. */
function pythonCall(text: string, tools: readonly string[]): string | null {
  const name = /^\[(\w+)\(\w+=[\s\S]*\)\]$/.exec(text)?.[1];
  return tools.find((tool) => tool === name) ?? null;
}
