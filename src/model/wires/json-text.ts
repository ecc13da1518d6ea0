import type { JsonObject } from "../../protocol/index.ts";
import { onceAList } from "../once.ts";

/** The JSON of items and tools, which never change: the history of a thread is made into text once, and not for each request. */
const TEXTS = new WeakMap<object, string>();

/** Characters above which a text is not kept: images are sent rarely, and would lie in memory twice. */
const MAX_KEPT = 256 * 1024;

/** JSON of a list without its brackets, as bytes that grow at their end. In front of them, and behind, is room for the rest of a body. */
interface ListBytes {
  bytes: Buffer;
  used: number;
  /** An entry is too long to be kept twice. */
  too_long: boolean;
}

/** Bytes of room at the beginning; from there on it doubles. */
const FIRST_ROOM = 16 * 1024;

/** Bytes in front of the entries: several times what a body has before its history, which is the instructions. */
const HEAD_ROOM = 64 * 1024;

const joined = onceAList<object, ListBytes, null>(
  () => ({ bytes: Buffer.allocUnsafe(HEAD_ROOM + FIRST_ROOM), used: 0, too_long: false }),
  (state, entry) => {
    if (state.too_long) return;
    const text = textOf(entry);
    if (text.length > MAX_KEPT) state.too_long = true;
    else append(state, state.used === 0 ? text : `,${text}`);
  },
);

function append(state: ListBytes, text: string): void {
  reserve(state, Buffer.byteLength(text));
  state.used += state.bytes.write(text, HEAD_ROOM + state.used);
}

/** Makes room for so many bytes behind the entries. */
function reserve(state: ListBytes, length: number): void {
  const needed = HEAD_ROOM + state.used + length;
  if (needed <= state.bytes.length) return;
  const wider = Buffer.allocUnsafe(Math.max(needed, state.bytes.length * 2));
  state.bytes.copy(wider, HEAD_ROOM, HEAD_ROOM, HEAD_ROOM + state.used);
  state.bytes = wider;
}

/** A part of a body; `list`: what is kept of it, where it is a list that is. */
interface Piece {
  bytes: Buffer;
  list: ListBytes | null;
}

/**
 * The JSON of a body, byte for byte as JSON.stringify has it. What lists hold, as the history of a thread, is made into bytes once; the
 * rest of the body is put around the longest of them, where it lies. So these bytes last until the next body with the same list.
 */
export function bodyBytes(body: JsonObject): Uint8Array {
  const pieces: Piece[] = [plain("{")];
  for (const [name, value] of Object.entries(body)) {
    const text = Array.isArray(value) ? "" : JSON.stringify(value);
    if (text === undefined) continue;
    pieces.push(plain(`${pieces.length === 1 ? "" : ","}${JSON.stringify(name)}:${text}`));
    if (Array.isArray(value)) pieces.push(plain("["), listPiece(value), plain("]"));
  }
  pieces.push(plain("}"));
  return whole(pieces);
}

function whole(pieces: readonly Piece[]): Uint8Array {
  const length = Math.max(...pieces.map(({ list }) => list?.used ?? 0));
  const at = pieces.findIndex(({ list }) => list?.used === length);
  const [before, after] = [together(pieces.slice(0, at)), together(pieces.slice(at + 1))];
  const list = pieces[at]?.list;
  if (!list || before.length > HEAD_ROOM) return together(pieces);
  reserve(list, after.length);
  const [start, end] = [HEAD_ROOM - before.length, HEAD_ROOM + list.used];
  before.copy(list.bytes, start);
  after.copy(list.bytes, end);
  return list.bytes.subarray(start, end + after.length);
}

const together = (pieces: readonly Piece[]) => Buffer.concat(pieces.map(({ bytes }) => bytes));

const plain = (text: string): Piece => ({ bytes: Buffer.from(text), list: null });

function listPiece(values: unknown[]): Piece {
  const list = values.every(isObject) ? joined(values, "", null) : null;
  if (list === null || list.too_long) return plain(values.map(textOf).join(","));
  return { bytes: list.bytes.subarray(HEAD_ROOM, HEAD_ROOM + list.used), list };
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function textOf(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const known = TEXTS.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  if (text.length <= MAX_KEPT) TEXTS.set(value, text);
  return text;
}
