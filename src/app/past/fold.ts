import type { Event } from "../../protocol/index.ts";
import { type Block, emptyTranscript } from "../../view/index.ts";
import type { Kit } from "../kit.ts";
import { foldedEvent, newConversation } from "../state/events.ts";
import type { AppConversation } from "../state/state.ts";
import { BlockLog } from "./block-log.ts";
import type { Past, PastMoment, PastSource } from "./past.ts";
import { changesFiles } from "./said.ts";

/** Characters of what a person said that are kept: what a list shows of it. */
const SAID = 300;
/** Blocks that are kept: what is scrolled through. */
const KEPT = 300;
/** The first moments of a part may be without what belongs to them, as what the sandbox refused to a command. They are not shown. */
const MARGIN = 30;

/** The last blocks of a past, at least so many where there are so many. */
export function lastOf(source: PastSource, blocks: number, kit: Kit): Past {
  // Not each moment is seen.
  const { moments, whole } = source.last(2 * blocks + MARGIN);
  const fold = new PastFold(kit);
  moments.forEach((moment, at) => {
    fold.take(moment, whole || at >= MARGIN);
  });
  return fold.past(source, whole);
}

/** All of a past, in slices: undefined where there is time for something else. */
export function* allOf(source: PastSource, kit: Kit): Generator<undefined, Past> {
  const fold = new PastFold(kit);
  for (const moment of source.since(0)) {
    if (moment) fold.take(moment, true);
    else yield;
  }
  return fold.past(source, true);
}

/** Goes through a past as the app goes through events, and keeps of each block only where it is to be found again. */
class PastFold {
  readonly #kit: Kit;
  #conversation: AppConversation = newConversation(0, null);
  /** Places of the moments that give a block. */
  readonly #places: number[] = [];
  /** What has to be known for a block, beside its own moment: the place of that, by the block's index. */
  readonly #before = new Map<number, number>();
  readonly #said: { index: number; text: string; turn_id: string | null }[] = [];
  #turn: string | null = null;
  /** So many messages were said before files were changed. */
  #changed = 0;
  /** Where it was said: of refusals, by item; of the last question; of the last settings. */
  readonly #refused = new Map<string, number>();
  #asked: number | null = null;
  #context: number | null = null;

  constructor(kit: Kit) {
    this.#kit = kit;
  }

  /** `shows`: it is to be seen. */
  take({ place, event }: PastMoment, shows: boolean): void {
    const before = this.#placeBefore(event);
    const next = foldedEvent(this.#conversation, event, null, this.#kit);
    const block = next.log.last();
    this.#conversation = emptied(next);
    this.#note(place, event);
    if (block === undefined || !shows) return;
    if (before !== null) this.#before.set(this.#places.length, before);
    if (block.type === "entry" && block.entry.type === "user")
      this.#said.push({ index: this.#places.length, text: beginningOf(block.entry.text), turn_id: this.#turn });
    this.#places.push(place);
  }

  /** What stands elsewhere and belongs to what an event shows. */
  #placeBefore(event: Event): number | null {
    if (event.type === "item.completed") return this.#refused.get(event.item.id) ?? null;
    if (event.type === "user_input.resolved") return this.#conversation.transcript.asked && this.#asked;
    return event.type === "settings.changed" ? this.#context : null;
  }

  #note(place: number, event: Event): void {
    if (event.type === "turn.started") this.#turn = event.turn_id;
    if (changesFiles(event)) this.#changed = this.#said.length;
    if (event.type === "sandbox.denied") this.#refused.set(event.item_id, place);
    else if (event.type === "item.completed") this.#refused.delete(event.item.id);
    else if (event.type === "user_input.requested") this.#asked = place;
    else if (event.type === "turn.started" || event.type === "settings.changed") this.#context = place;
  }

  past(source: PastSource, whole: boolean): Past {
    const places = this.#places;
    const { length } = places;
    const blocks = new PastBlocks(source, this.#kit, places, this.#before);
    return {
      length,
      whole,
      at: (number) => blocks.at(length + number),
      transcript: this.#conversation.transcript,
      said: this.#said.map(({ index, text, turn_id }, at) => ({
        block: index - length,
        text,
        turn_id,
        changed: at < this.#changed,
      })),
    };
  }
}

/** Blocks that are made again from what is kept of the thread. */
class PastBlocks {
  readonly #source: PastSource;
  readonly #kit: Kit;
  readonly #places: readonly number[];
  readonly #before: ReadonlyMap<number, number>;
  /** The last ones made, the latest last. */
  readonly #made = new Map<number, Block>();

  constructor(source: PastSource, kit: Kit, places: readonly number[], before: ReadonlyMap<number, number>) {
    this.#source = source;
    this.#kit = kit;
    this.#places = places;
    this.#before = before;
  }

  at(index: number): Block {
    const block = this.#made.get(index) ?? this.#make(index);
    this.#made.delete(index);
    this.#made.set(index, block);
    const [oldest] = this.#made.keys();
    if (this.#made.size > KEPT && oldest !== undefined) this.#made.delete(oldest);
    return block;
  }

  #make(index: number): Block {
    let conversation = newConversation(0, null);
    for (const place of [this.#before.get(index), this.#places[index]]) {
      const event = place === undefined ? null : this.#source.at(place);
      if (event !== null) conversation = foldedEvent({ ...conversation, log: BlockLog.empty }, event, null, this.#kit);
    }
    return conversation.log.last() ?? LOST;
  }
}

const LOST: Block = {
  type: "note",
  lines: ["what stood here cannot be read any more: the file of the thread was changed"],
};

/** The same without what was said and done: only how things stand. */
function emptied(conversation: AppConversation): AppConversation {
  const transcript = { ...conversation.transcript, entries: NO_ENTRIES };
  return { ...conversation, transcript, log: BlockLog.empty };
}

const NO_ENTRIES = emptyTranscript.entries;

/** A part of a text, which holds nothing of the rest in memory. */
function beginningOf(text: string): string {
  return text.length <= SAID ? text : Buffer.from(text.slice(0, SAID)).toString();
}
