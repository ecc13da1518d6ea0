import { BYTES_PER_TOKEN } from "../../../base/index.ts";
import { type HistoryItem, promptText } from "../../../protocol/index.ts";
import { plain } from "./codex-history.ts";

/*
 * What Codex versions sent after a compaction whose line has only a summary (0.171 and 0.130 write what takes the history's place).
 * Read off the requests of the versions that are named here, with a scripted model, in 2026-11.
 */

/** How a summary begins that already says what it is (0.60, 0.100); such ones of earlier compactions are not repeated. */
const SAYS_ITSELF =
  "Another language model started to solve this problem and produced a summary of its thinking process.";

/** Up to this version all that was said and the summary were one message in a frame (0.40, 0.50; 0.55 has none any more). */
const FRAMED_UNTIL = 53;

/** The frame, to the letter: the model had read it, and a cached request is told apart by it. */
const FRAME_SAID =
  "You were originally given instructions from a user over one or more turns. Here were the user messages:";
const FRAME_SUMMARY = `${SAYS_ITSELF} You also have access to the state of the tools that were used by that language model. Use this to build on the work that has already been done and avoid duplicating work. Here is the summary produced by the other language model, use the information in this summary to assist with your own analysis:`;

/** Tokens of what was said that stay (`COMPACT_USER_MESSAGE_MAX_TOKENS` of its sources): the newest. */
const SAID_TOKENS = 20_000;

/** The history after a compaction of which only the summary is known. */
export function compactedHistory(
  history: readonly HistoryItem[],
  summary: string,
  version: number | null,
): HistoryItem[] {
  const messages = history.filter((item) => item.type === "message" && item.role !== "assistant");
  const said = messages.flatMap((item) => {
    const text = promptText(item) === null || item.type !== "message" ? "" : plain(item.content);
    return text === "" || text.startsWith(SAYS_ITSELF) ? [] : [text];
  });
  const context = distinct(messages.filter((item) => promptText(item) === null));
  const told = summary === "" ? "(no summary available)" : summary;
  const framed = version !== null && version <= FRAMED_UNTIL && !summary.startsWith(SAYS_ITSELF);
  if (!framed) return [...context, ...newest(said).map(userMessage), userMessage(told)];
  const all = cut(said.length === 0 ? "(none)" : said.join("\n\n"), SAID_TOKENS);
  return [...context, userMessage([FRAME_SAID, all, FRAME_SUMMARY, told].join("\n\n"))];
}

/** What the model was told of its surroundings is told again in each run of the program; once is enough. */
function distinct(items: readonly HistoryItem[]): HistoryItem[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function newest(said: readonly string[]): string[] {
  const kept: string[] = [];
  let left = SAID_TOKENS;
  for (const text of said.toReversed()) {
    if (left === 0) break;
    kept.unshift(cut(text, left));
    left = Math.max(0, left - Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN));
  }
  return kept;
}

/** Both ends of a text that has more tokens, and how many are not there. */
function cut(text: string, tokens: number): string {
  const bytes = Buffer.from(text);
  const most = tokens * BYTES_PER_TOKEN;
  if (bytes.length <= most) return text;
  const half = Math.floor(most / 2);
  const missing = Math.ceil((bytes.length - most) / BYTES_PER_TOKEN);
  const head = bytes
    .subarray(0, half)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
  const tail = bytes
    .subarray(bytes.length - (most - half))
    .toString("utf8")
    .replace(/^\uFFFD+/, "");
  return `${head}…${missing} tokens truncated…${tail}`;
}

function userMessage(text: string): HistoryItem {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}
