import { BYTES_PER_TOKEN } from "../../base/index.ts";
import { type HistoryItem, promptText } from "../../protocol/index.ts";
import { type RawLine, Rollout } from "../read.ts";
import { RolloutError, RolloutWriter } from "../rollout.ts";
import { readThread } from "../thread-state.ts";
import { copyThread, type ForkOptions } from "./manage.ts";

/** What comes of going back. */
export interface Rewound {
  /** Of the new thread's rollout. */
  path: string;
  /** What the person had said there, to be said otherwise. */
  text: string;
}

/**
 * Goes back to before something that the person said: a fork that holds all that came before it, and begins with
 * `history.replaced`. The original stays as it is and may be in use.
 * @param back which of the person's messages, counted from 1 for the last one: whoever shows a thread may know only its end
 */
export function rewindThread(path: string, back: number, options: ForkOptions): Rewound {
  const rollout = Rollout.of(path);
  const said = messagesOf(rollout);
  const message = said.length - back;
  const found = said[message];
  if (!found) throw new RolloutError(`${path} has ${said.length} messages: there is none ${back} from the end`);
  const before = readThread(path).history;
  const copy = copyThread(rollout, rollout.lines.slice(0, cutAt(rollout, said, message)), options);
  const { history, next_seq } = readThread(copy);
  const counts = { tokens_before: tokens(before), tokens_after: tokens(history) };
  const writer = new RolloutWriter(copy, () => options.date);
  try {
    writer.append({ seq: next_seq, type: "history.replaced", why: "rewound", history, ...counts });
  } finally {
    writer.close();
  }
  return { path: copy, text: found.text };
}

interface Said {
  at: number;
  text: string;
}

/** The person's messages: where they stand in the file, and their words. */
function messagesOf(rollout: Rollout): Said[] {
  return rollout.lines.flatMap((line, at) => {
    if (line.type !== "history.added") return [];
    const event = rollout.event(line);
    const text = event?.type === "history.added" ? promptText(event.item) : null;
    return text === null ? [] : [{ at, text }];
  });
}

/** The line at which the copy ends: that of its turn, where the message began one; its own, where it was said meanwhile. */
function cutAt({ lines }: Rollout, said: readonly Said[], message: number): number {
  const at = said[message]?.at ?? 0;
  const turn = lines.findLastIndex(({ type }: RawLine, index) => index < at && type === "turn.started");
  const earlier = said[message - 1]?.at ?? -1;
  return turn > earlier ? turn : at;
}

/** About how many: nobody counted this history. */
function tokens(history: readonly HistoryItem[]): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(history)) / BYTES_PER_TOKEN);
}
