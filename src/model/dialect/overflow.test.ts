import { expect, test } from "bun:test";
import { saysTooLong } from "./overflow.ts";

test.each([
  "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
  "Your input exceeds the context window of this model. Please adjust your input and try again.",
  "prompt is too long: 213423 tokens > 200000 maximum",
  "input length and `max_tokens` exceed context limit: 199000 + 20000 > 200000, decrease input length",
  "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
  "Prompt contains 34041 tokens, too large for model with 32768 maximum context length",
  "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
  "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
  "Please reduce the length of the messages or completion.",
  "the request exceeds the available context size, try increasing it",
  "Context size has been exceeded.",
  "prompt too long; exceeded max context length by 812 tokens",
  "the input length exceeds the context length",
  "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
  "Requested token count exceeds the model's maximum context length of 8192 tokens.",
  "Input is too long for requested model.",
  "litellm.ContextWindowExceededError: too much",
  "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 200 `max_new_tokens`",
  "prompt token count of 90000 exceeds the limit of 64000",
  "Invalid request: Your request exceeded model token limit: 8192",
  "Unable to submit request because the input token count is 40000 but model only supports up to 32768.",
  "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000",
  "The decoder prompt (length 9000) is longer than the maximum model length of 8192. Make sure that `max_model_len` is no smaller",
  "You passed 9000 input tokens and requested 1024 output tokens. However, the model's context length is only 8192 tokens",
  "The prompt (total length 9000) is too long to fit into the model (context length 8192).",
  "Input length (9000 tokens) exceeds the maximum allowed length (8186 tokens). Use a shorter input or enable --allow-auto-truncate.",
  "Reached context length of 4096 tokens with this model, but this model does not currently support mid-generation context overflow",
  "context shift is disabled",
  "Prompt 超长",
  "Total tokens of image and text exceed max message tokens",
  // Of servers that have no row.
  "Prompt length 9000 is greater than max_seq_len 8192",
  "Token count 9000 exceeds max context 8192",
  "the number of input tokens 9000 cannot exceed the total tokens limit 8192 for this model",
  "The conversation is too long for this model: 9000 tokens, limit 8192 tokens",
  "Your request has 9000 tokens, which is more than the model's context window of 8192 tokens",
  "prompt tokens too long",
  "Request too large for gpt-4 in organization x on tokens per min (TPM): Limit 10000, Requested 20000.",
])("%s", (message) => expect(saysTooLong(message, 400)).toBe(true));

test.each([
  "max_tokens is too large: 32000. This model supports at most 8192 completion tokens",
  "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 8192 tokens and your request has 1000 input tokens",
  "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens",
  "Rate limit reached for gpt-4 on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000.",
  "tool name is too long",
  "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
  "Too many tools: 200 exceeds the limit of 128",
  "image exceeds 5 MB maximum: 9000000 bytes > 5242880 bytes",
  "Invalid 'input[3].call_id': string too long. Expected a string with maximum length 64",
  "`thinking.budget_tokens` exceeds max_tokens",
  "This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens",
  "Too many tokens per minute: limit 6000 exceeded",
  "temperature exceeds the maximum of 2",
  "The API key is too long",
  "You exceeded your current quota",
])("no overflow: %s", (message) => expect(saysTooLong(message, 400)).toBe(false));

test("a rate is counted in tokens, too: there only sentences that are known count", () => {
  const said = "Token limit exceeded: 9000 tokens in use";
  expect([saysTooLong(said, 400), saysTooLong(said, 429)]).toEqual([true, false]);
  expect(saysTooLong("Request too large for m on tokens per min (TPM): Limit 9, Requested 20.", 429)).toBe(true);
});
