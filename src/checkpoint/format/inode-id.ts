import { ABSENT, type InodeId } from "./record.ts";

/** Five digits in base 36: a small integer for the engine. */
const PART = 36 ** 5;
const DIGITS = 5;
const HALF_WORD = 2 ** 16;
const WORD = 2 ** 32;
const NS_PER_SECOND = 1e9;

/** The id of an inode: its device as `major << 32 | minor`, its number, and when it was born (s, ns; 0 where nobody knows). */
export function inodeId(device: string, ino: readonly [high: number, low: number], born: number, ns: number): InodeId {
  const upper = Math.floor(born / HALF_WORD) * NS_PER_SECOND;
  const lower = (upper % HALF_WORD) * HALF_WORD + (born % HALF_WORD) * NS_PER_SECOND + ns;
  const high = Math.floor(upper / HALF_WORD) + Math.floor(lower / WORD);
  return `${device}.${base36(...ino)}.${base36(high, lower % WORD)}`;
}

/**
 * A number of 64 bits, from its two halves, in base 36. Divided by hand: there are 100,000s of them, and a BigInt takes many times as
 * long.
 */
export function base36(high: number, low: number): string {
  if (high === 0) return low.toString(36);
  const upper = (high % PART) * HALF_WORD + Math.floor(low / HALF_WORD);
  const lower = (upper % PART) * HALF_WORD + (low % HALF_WORD);
  const rest = Math.floor(high / PART) * WORD + Math.floor(upper / PART) * HALF_WORD + Math.floor(lower / PART);
  const end = (lower % PART).toString(36).padStart(DIGITS, "0");
  if (rest < PART) return `${rest.toString(36)}${end}`;
  return `${Math.floor(rest / PART).toString(36)}${(rest % PART).toString(36).padStart(DIGITS, "0")}${end}`;
}

/** The words of an id, with its text. */
interface KnownId {
  words: Uint32Array;
  id: InodeId;
}

/** Words of an id. */
const WORDS = 6;

const isAt = ({ words: known }: KnownId, words: Uint32Array, at: number): boolean => {
  for (let i = 0; i < WORDS; i++) if (known[i] !== words[at + i]) return false;
  return true;
};

/**
 * Reads ids. The last two are kept: records that follow each other are mostly of one inode and of one directory, and then share one
 * string.
 */
export class IdReader {
  #last: KnownId = { words: new Uint32Array(WORDS), id: ABSENT };
  #other: KnownId = { words: new Uint32Array(WORDS), id: ABSENT };
  readonly #absent: KnownId = { words: new Uint32Array(WORDS), id: ABSENT };

  read(words: Uint32Array, at: number): InodeId {
    if (isAt(this.#last, words, at)) return this.#last.id;
    if (isAt(this.#absent, words, at)) return ABSENT;
    [this.#last, this.#other] = [this.#other, this.#last];
    if (!isAt(this.#last, words, at)) learn(this.#last, words, at);
    return this.#last.id;
  }
}

function learn(known: KnownId, words: Uint32Array, at: number): void {
  const word = (i: number) => words[at + i] ?? 0;
  for (let i = 0; i < WORDS; i++) known.words[i] = word(i);
  known.id = `${base36(word(1), word(0))}.${base36(word(3), word(2))}.${base36(word(5), word(4))}`;
}
