import { BYTES_PER_TOKEN } from "../../base/index.ts";
import { type HistoryItem, promptText } from "../../protocol/index.ts";
import { type InSlices, type RawLine, Rollout } from "../read.ts";
import { RolloutWriter } from "../rollout.ts";
import { RolloutError } from "../rollout-error.ts";
import { readThreadInSlices } from "../thread-state.ts";
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
export function* rewindInSlices(path: string, back: number, options: ForkOptions): InSlices<Rewound> {
  const rollout = yield* Rollout.inSlices(path);
  const said = yield* messagesOf(rollout);
  const message = said.length - back;
  const found = said[message];
  if (!found) throw new RolloutError(`${path} has ${said.length} messages: there is none ${back} from the end`);
  const tokens_before = tokens((yield* readThreadInSlices(path)).history);
  const copy = yield* copyThread(rollout, rollout.lines.slice(0, cutAt(rollout, said, message)), options);
  const { history, next_seq } = yield* readThreadInSlices(copy);
  const counts = { tokens_before, tokens_after: tokens(history) };
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

/** Lines that are looked at between two chances to do something else: some ms of work. */
const SLICE = 100;

/** The person's messages: where they stand in the file, and their words. */
function* messagesOf(rollout: Rollout): InSlices<Said[]> {
  const said: Said[] = [];
  for (const [at, line] of rollout.lines.entries()) {
    if (at % SLICE === 0) yield;
    if (line.type !== "history.added") continue;
    const event = rollout.event(line);
    const text = event?.type === "history.added" ? promptText(event.item) : null;
    if (text !== null) said.push({ at, text });
  }
  return said;
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
