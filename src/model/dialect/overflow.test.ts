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
  "Request too large for gpt-4 in organization x on tokens per min (TPM): Limit 10000, Requested 20000.",
])("%s", (message) => expect(saysTooLong(message)).toBe(true));

test.each([
  "max_tokens is too large: 32000. This model supports at most 8192 completion tokens",
  "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 8192 tokens and your request has 1000 input tokens",
  "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens",
  "Rate limit reached for gpt-4 on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000.",
  "tool name is too long",
  "You exceeded your current quota",
])("no overflow: %s", (message) => expect(saysTooLong(message)).toBe(false));
