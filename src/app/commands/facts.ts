import { previewPrompt } from "../../core/index.ts";
import type { AppControl } from "../control.ts";
import { usageCost } from "../price.ts";
import { contextRows } from "./status.ts";

/** `/context`: what each part of the next request costs. */
export async function showContext({ thread, print }: AppControl): Promise<void> {
  const preview = await previewPrompt(thread.parts, []);
  const room = preview.window === null ? "; how much the model takes is not known" : ` of ${preview.window}`;
  const limit = preview.limit === null ? [] : [`compacted from ${preview.limit} on; /compact does it now`];
  print(
    [
      `about ${preview.tokens} tokens${room}`,
      ...contextRows(preview.parts).map(([, text]) => `  ${text}`),
      ...limit,
    ].join("\n"),
  );
}

/** `/cost`: tokens of the thread, and what they cost where the price is known. */
export async function showCost({ thread, transcript, print }: AppControl): Promise<void> {
  const { usage } = transcript;
  if (usage === null) return print("nothing was used yet");
  const { settings, services } = thread.parts;
  const { price } = await services.modelInfo(settings.model);
  const cost =
    price === null ? `the price of ${settings.model} is not known` : `about $${usageCost(usage, price).toFixed(4)}`;
  print(
    [
      `${usage.input_tokens} tokens in (${usage.cached_input_tokens} cached, ${usage.cache_write_input_tokens} written to the cache)`,
      `${usage.output_tokens} tokens out (${usage.reasoning_output_tokens} of them reasoning)`,
      `${cost}${price === null ? "" : `, at the price of ${settings.model} for all of it`}`,
    ].join("\n"),
  );
}
