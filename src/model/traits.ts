/** What a model can do that its wire alone does not tell. */
export interface ModelTraits {
  /** Takes freeform tools with a grammar. */
  custom_tools: boolean;
  /** Thinks before it answers, and gives its reasoning back encrypted. */
  reasoning: boolean;
}

/**
 * Traits by the model's name; a prefix like `openai/` is looked through. An unknown model reasons (to ask for reasoning
 * harms no server that does not know it) and has no freeform tools (many servers refuse a kind of tool they do not know).
 */
export function traitsOf(model: string): ModelTraits {
  const name = model.slice(model.lastIndexOf("/") + 1);
  return {
    custom_tools: /^(gpt-([5-9]|\d\d)|codex)/.test(name),
    // The last OpenAI models that do not reason; they refuse to be asked for encrypted reasoning.
    reasoning: !/^(gpt-[34]|chatgpt)/.test(name),
  };
}
