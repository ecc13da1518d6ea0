import { previewPrompt } from "../../core/index.ts";
import type { AppControl } from "../control.ts";
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

/** `/cost`: tokens of the thread, and what its turns cost where that is known. */
export function showCost({ thread, transcript, print }: AppControl): void {
  const { usage, cost } = transcript;
  if (usage === null) print("nothing was used yet");
  else
    print(
      [
        `${usage.input_tokens} tokens in (${usage.cached_input_tokens} cached, ${usage.cache_write_input_tokens} written to the cache)`,
        `${usage.output_tokens} tokens out (${usage.reasoning_output_tokens} of them reasoning)`,
        cost === null ? `the price of ${thread.settings.model} is not known` : `about $${cost.toFixed(4)}`,
      ].join("\n"),
    );
}
