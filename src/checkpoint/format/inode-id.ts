import { fromBytes } from "./byte-text.ts";
import { ABSENT, ID_BYTES, type InodeId } from "./record.ts";

const HALF_WORD = 2 ** 16;
const WORD = 2 ** 32;
const NS_PER_SECOND = 1e9;
/** Words of 32 bits of an id. */
const WORDS = ID_BYTES / 4;

/** The text of bytes that begin at a word. */
const textAt = (bytes: Buffer, word: number): string => bytes.toString("latin1", word * 4, word * 4 + ID_BYTES);

/** Where ids are put together. */
const made = new Uint32Array(WORDS);
const madeBytes = Buffer.from(made.buffer);

/** What the system says of an inode: each number of 64 bits in two halves. */
interface InodeNumbers {
  major: number;
  minor: number;
  inoHigh: number;
  inoLow: number;
  /** When it was born: s and ns since 1970; 0 where nobody knows. */
  born: number;
  bornNs: number;
}

/** The id of an inode. Divided by hand: there are 100,000s of them, and a BigInt takes many times as long. */
export function inodeId({ major, minor, inoHigh, inoLow, born, bornNs }: InodeNumbers): InodeId {
  const upper = Math.floor(born / HALF_WORD) * NS_PER_SECOND;
  const lower = (upper % HALF_WORD) * HALF_WORD + (born % HALF_WORD) * NS_PER_SECOND + bornNs;
  made[0] = minor;
  made[1] = major;
  made[2] = inoLow;
  made[3] = inoHigh;
  made[4] = lower % WORD;
  made[5] = Math.floor(upper / HALF_WORD) + Math.floor(lower / WORD);
  return textAt(madeBytes, 0);
}

/** The same of whole numbers; the device as `major << 32 | minor`, the birth in ns. */
export function inodeIdOf(device: bigint, ino: bigint, born: bigint): InodeId {
  const bytes = Buffer.alloc(ID_BYTES);
  for (const [i, number] of [device, ino, born].entries()) bytes.writeBigUInt64LE(BigInt.asUintN(64, number), i * 8);
  return fromBytes(bytes);
}

/** What tells apart the file systems of inodes. */
export const deviceOf = (id: InodeId): string => id.slice(0, 8);

/** The bytes of the id that is made into text: of a note there are many, and each would leave a buffer behind. */
const room = Buffer.alloc(ID_BYTES);

/** An id in a file of text; "" of nothing. */
export const idText = (id: InodeId): string => room.toString("hex", 0, room.write(id, "latin1"));

/** From such a text, or as it was written first: the three numbers in base 36, with points between them. */
export function idOfText(text: string): InodeId {
  if (!text.includes(".")) return fromBytes(Buffer.from(text, "hex"));
  const [device = 0n, ino = 0n, born = 0n] = text.split(".").map(fromBase36);
  return inodeIdOf(device, ino, born);
}

/** No number above 2^53 in one go: its two halves, five digits the lower one. */
function fromBase36(digits: string): bigint {
  const high = digits.slice(0, -5);
  return (
    (high === "" ? 0n : BigInt(Number.parseInt(high, 36))) * 60466176n + BigInt(Number.parseInt(digits.slice(-5), 36))
  );
}

/** The words of an id, with its text. */
interface KnownId {
  words: Uint32Array;
  id: InodeId;
}

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
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;

  /** @param bytes with ids at whole words */
  constructor(bytes: Buffer<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer);
  }

  /** The id that begins at a word. */
  read(word: number): InodeId {
    if (isAt(this.#last, this.#words, word)) return this.#last.id;
    if (isAt(this.#absent, this.#words, word)) return ABSENT;
    [this.#last, this.#other] = [this.#other, this.#last];
    if (isAt(this.#last, this.#words, word)) return this.#last.id;
    for (let i = 0; i < WORDS; i++) this.#last.words[i] = this.#words[word + i] ?? 0;
    this.#last.id = textAt(this.#bytes, word);
    return this.#last.id;
  }
}
