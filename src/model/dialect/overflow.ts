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
  { server: "Gemini, Vertex", says: /input token count.*exceeds the maximum number of tokens/i },
  { server: "Mistral", says: /too large for model with \d+ maximum context/i },
  { server: "LM Studio", says: /(greater than the context length|context length of only \d+|context the overflows)/i },
  { server: "xAI", says: /maximum prompt length is \d+/i },
  { server: "Groq, Cerebras", says: /reduce the length of the messages/i },
  { server: "llama.cpp", says: /(exceeds? the available context size|context size has been exceeded)/i },
  { server: "Ollama", says: /(prompt too long; exceeded max context|input length exceeds the context length)/i },
  { server: "SGLang", says: /longer than the model's context length/i },
  { server: "Bedrock", says: /input is too long for requested model/i },
  { server: "LiteLLM", says: /ContextWindowExceeded/i },
  { server: "Together, TGI", says: /inputs?`? tokens \+ `?max_new_tokens/i },
  { server: "GitHub Copilot", says: /prompt token count of \d+ exceeds the limit/i },
  { server: "Moonshot", says: /exceeded model token limit/i },
  { server: "MiniMax", says: /context window exceeds limit/i },
  { server: "Zhipu", says: /prompt exceeds max length/i },
  { server: "DashScope", says: /range of input length should be/i },
  { server: "Cohere", says: /too many tokens: .*(prompt|input)/i },
];

/** The answer was to be longer than the model can write: a shorter history would not help. vLLM puts both into one sentence. */
const OUTPUT_LIMIT =
  /['"`]?max_(completion_|output_|new_)?tokens['"`]?( or ['"`]max_\w+['"`])? (is|are) too large|max_(completion_|output_)?tokens: \d+ >/i;

/** True when the server says in words that the request is too long for the model. */
export function saysTooLong(message: string): boolean {
  return !OUTPUT_LIMIT.test(message) && SENTENCES.some(({ says }) => says.test(message));
}
