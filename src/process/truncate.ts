import { BYTES_PER_TOKEN } from "../base/index.ts";

/** Text cut to a budget, and what was cut. */
export interface Truncated {
  text: string;
  truncated: boolean;
}

const UTF8_CONTINUATION = 0x80;

/**
 * Keeps the head and the tail of a text that is over its budget, half each, cut on character boundaries, with a marker
 * that says how many tokens are missing. The layout is the one that models know from the Codex CLI.
 * @param max_bytes budget of the kept text; the marker and the heading come on top
 * @param whole what there was in all, where `text` no longer holds it
 */
export function truncateMiddle(text: string, max_bytes: number, whole?: { lines: number; bytes: number }): Truncated {
  // A string of n UTF-16 units has at most 3n bytes: most outputs are settled without encoding them.
  if (text.length * 3 <= max_bytes) return { text, truncated: false };
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= max_bytes) return { text, truncated: false };
  const total = whole ?? { lines: text.split("\n").length, bytes: bytes.length };
  const half = Math.floor(max_bytes / 2);
  const head = bytes.subarray(0, boundary(bytes, half, -1));
  const tail = bytes.subarray(boundary(bytes, bytes.length - half, 1));
  const missing = Math.ceil((total.bytes - head.length - tail.length) / BYTES_PER_TOKEN);
  const original = Math.ceil(total.bytes / BYTES_PER_TOKEN);
  const heading = `Warning: truncated output (original token count: ${original})\nTotal output lines: ${total.lines}\n\n`;
  return { text: `${heading}${head}…${missing} tokens truncated…${tail}`, truncated: true };
}

/** The nearest index from `at` in `step` direction that starts a character. */
function boundary(bytes: Uint8Array, at: number, step: -1 | 1): number {
  let index = at;
  while (index > 0 && index < bytes.length && ((bytes[index] ?? 0) & 0xc0) === UTF8_CONTINUATION) index += step;
  return index;
}
