/**
 * Sentences by which servers say that a request is longer than the context window, where they have no code for it. Each row
 * names the server whose words it was made from; several repeat one another's.
 */
const SENTENCES: readonly { server: string; says: RegExp }[] = [
  { server: "OpenAI, vLLM, OpenRouter, DeepSeek, SGLang", says: /maximum context length/i },
  { server: "OpenAI (Responses)", says: /exceeds the context window/i },
  { server: "OpenAI (a tier's limit that no wait can lift)", says: /request too large for .*tokens per min/i },
  { server: "Anthropic, Fireworks", says: /prompt is too long/i },
  { server: "Anthropic", says: /exceed(s|ed)? (the )?context (limit|window)/i },
  { server: "Anthropic (status 413)", says: /request_too_large/i },
  { server: "Gemini, Vertex", says: /input token count.*(exceeds the maximum number of tokens|only supports up to)/i },
  { server: "Mistral", says: /too large for model with \d+ maximum context/i },
  { server: "LM Studio", says: /(greater than the context length|context length of only \d+|context the overflows)/i },
  { server: "LM Studio (while it answers)", says: /reached context length of \d+ tokens/i },
  { server: "xAI", says: /maximum prompt length is \d+/i },
  { server: "Groq, Cerebras", says: /reduce the length of the messages/i },
  {
    server: "llama.cpp",
    says: /(exceeds? the available context size|context size has been exceeded|context shift is disabled)/i,
  },
  {
    server: "vLLM",
    says: /(longer than the maximum model length|too long to fit into the model|context length is only \d+)/i,
  },
  { server: "Ollama", says: /(prompt too long; exceeded max context|input length exceeds the context length)/i },
  { server: "SGLang", says: /(longer than the model's context length|input length \(\d+ tokens\) exceeds)/i },
  { server: "Bedrock", says: /input is too long for requested model/i },
  { server: "LiteLLM", says: /ContextWindowExceeded/i },
  { server: "Together, TGI", says: /inputs?`? (tokens \+ `?max_new_tokens|must have less than \d+ tokens)/i },
  { server: "Volcengine", says: /exceed max message tokens/i },
  { server: "GitHub Copilot", says: /prompt token count of \d+ exceeds the limit/i },
  { server: "Moonshot", says: /exceeded model token limit/i },
  { server: "MiniMax", says: /context window exceeds limit/i },
  { server: "Zhipu", says: /prompt (exceeds max length|超长)/i },
  { server: "DashScope", says: /range of input length should be/i },
  { server: "Cohere", says: /too many tokens: .*(prompt|input)/i },
];

/** The answer was to be longer than the model can write: a shorter history would not help. vLLM puts both into one sentence. */
const OUTPUT_LIMIT =
  /['"`]?max_(completion_|output_|new_)?tokens['"`]?( or ['"`]max_\w+['"`])? (is|are) too large|max_(completion_|output_)?tokens: \d+ >|maximum tokens you requested/i;

/** What a sentence of a server that nobody has met yet has in it: what was measured, and that it is too much. */
const MEASURED =
  /tokens?\b|context[_ ](length|window|size|limit)|max(imum)?[_ ](context|model|seq|prompt|input)|(prompt|sequence|conversation) (length|is)/i;
const TOO_MUCH = /exceed|too (long|large|many)|(longer|larger|greater|more) than/i;
/** … and what it has not: other things that have limits of their own. */
const OF_OTHER_THINGS =
  /max_\w*tokens|\brate\b|per[- ](min|hour|day|sec|month)|quota|credit|balance|budget|billing|tool|function|schema|image|file|audio|description|characters|\bstring\b|\bbytes\b|api[_ ]?key|authori[sz]/i;

/**
 * True when the server says in words that the request is too long for the model. `status`: 429 is mostly a matter of rates,
 * which are counted in tokens, too: only known sentences count there.
 */
export function saysTooLong(message: string, status: number | null): boolean {
  if (OUTPUT_LIMIT.test(message)) return false;
  if (SENTENCES.some(({ says }) => says.test(message))) return true;
  return status !== 429 && MEASURED.test(message) && TOO_MUCH.test(message) && !OF_OTHER_THINGS.test(message);
}
