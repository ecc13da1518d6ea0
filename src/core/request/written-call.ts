/*
 * Some models write a call into their text, in the form that they were trained on, where it is no call: nothing runs, and the
 * turn would end. These are the forms, each with the models that are known for it.
 */
const FORMS: readonly RegExp[] = [
  // Hermes, Qwen: <tool_call>{"name": …}</tool_call>; Qwen3-Coder, Nemotron: <function=NAME>.
  /<tool_call>|<function=[\w.-]+>/,
  // Claude's former form, which others imitate.
  /<invoke name=|<function_calls>/,
  // Mistral, Kimi, DeepSeek, Gemma: special tokens that their server should have taken.
  /\[TOOL_CALLS\]|<\|tool_calls?(_section)?_begin\|>|<[|｜]tool[▁_ ]calls?[▁_ ]begin[|｜]>|<\|tool_call\|>|```tool_(call|code)\b/,
  // gpt-oss without its parser.
  /\bto=functions\.[\w-]+|<\|channel\|>commentary/,
];

/** The name of the tool that the final message calls in words; null: it calls none. `tools`: names of those on offer. */
export function writtenCall(message: string, tools: readonly string[]): string | null {
  const text = message.trim();
  const named = tools.find((name) => text.includes(name));
  if (named !== undefined && FORMS.some((form) => form.test(text))) return named;
  return jsonCall(text, tools);
}

/** A message that is nothing but `{"name": TOOL, "arguments": {…}}`, fenced or not. */
function jsonCall(text: string, tools: readonly string[]): string | null {
  const body = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(text)?.[1] ?? text;
  if (!body.startsWith("{") || !body.endsWith("}")) return null;
  try {
    const { name, arguments: args, parameters } = JSON.parse(body) as Record<string, unknown>;
    const found = tools.find((tool) => tool === name);
    return found !== undefined && typeof (args ?? parameters) === "object" ? found : null;
  } catch {
    return null;
  }
}
