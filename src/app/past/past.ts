import type { Event } from "../../protocol/index.ts";
import type { Block, Transcript } from "../../view/index.ts";
import type { SaidMessage } from "./said.ts";

/** Something that happened before the thread was opened. `place`: what asks for it again. */
export interface PastMoment {
  place: number;
  event: Event;
}

/** What happened in a stored thread, where it is kept. */
export interface PastSource {
  /** The last moments, at least so many, the oldest first; `whole`: there are no others. Costs what it gives, however long the thread is. */
  last(count: number): { moments: readonly PastMoment[]; whole: boolean };
  /** Every moment from a place on; undefined: there is time for something else. */
  since(place: number): Iterable<PastMoment | undefined>;
  /** What happened at a place; null: it cannot be read any more. */
  at(place: number): Event | null;
  /** What was kept behind its end since. */
  later(): readonly Event[];
}

/** What is known of what happened before the thread was opened. Its blocks are made when they are looked at. */
export interface Past {
  /** Blocks that are known. The last of them is number −1, the first −length. */
  length: number;
  /** They are all that there are. */
  whole: boolean;
  at(number: number): Block;
  /** Where the thread stood in the end. Without entries. */
  transcript: Transcript;
  /** What the person said, the oldest first: the number of its block, and how its text begins. */
  said: readonly ({ block: number } & SaidMessage)[];
}
