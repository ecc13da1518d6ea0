import type { ToolOutcome } from "./contract.ts";

/** The outcome of a call that answers with a text as it stands. */
export function textOutcome(
  text: string,
  more: Pick<ToolOutcome, "status" | "item"> & Partial<ToolOutcome>,
): ToolOutcome {
  return {
    body: text,
    total_lines: text.split("\n").length - 1,
    total_bytes: Buffer.byteLength(text),
    max_output_tokens: null,
    render: (body) => body,
    denial: null,
    ...more,
  };
}
