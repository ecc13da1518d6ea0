import type { JsonObject } from "../../protocol/index.ts";
import { onceAList } from "../once.ts";

/** The JSON of items and tools, which never change: the history of a thread is made into text once, and not for each request. */
const TEXTS = new WeakMap<object, string>();

/** Characters above which a text is not kept: images are sent rarely, and would lie in memory twice. */
const MAX_KEPT = 256 * 1024;

/** JSON of a list without its brackets, as bytes that grow at their end. */
interface ListBytes {
  bytes: Buffer;
  used: number;
  /** An entry is too long to be kept twice. */
  too_long: boolean;
}

/** Bytes of room at the beginning; from there on it doubles. */
const FIRST_ROOM = 16 * 1024;

const joined = onceAList<object, ListBytes, null>(
  () => ({ bytes: Buffer.allocUnsafe(FIRST_ROOM), used: 0, too_long: false }),
  (state, entry) => {
    if (state.too_long) return;
    const text = textOf(entry);
    if (text.length > MAX_KEPT) state.too_long = true;
    else append(state, state.used === 0 ? text : `,${text}`);
  },
);

function append(state: ListBytes, text: string): void {
  const needed = state.used + Buffer.byteLength(text);
  if (needed > state.bytes.length) {
    const wider = Buffer.allocUnsafe(Math.max(needed, state.bytes.length * 2));
    state.bytes.copy(wider, 0, 0, state.used);
    state.bytes = wider;
  }
  state.used += state.bytes.write(text, state.used);
}

/**
 * The JSON of a body, byte for byte as JSON.stringify has it. What lists hold, as the history of a thread, is made into bytes once, and
 * copied from then on.
 */
export function bodyBytes(body: JsonObject): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, value] of Object.entries(body)) {
    const text = Array.isArray(value) ? "" : JSON.stringify(value);
    if (text === undefined) continue;
    parts.push(Buffer.from(`${parts.length === 0 ? "{" : ","}${JSON.stringify(name)}:${text}`));
    if (Array.isArray(value)) parts.push(...listBytes(value));
  }
  return Buffer.concat([...(parts.length === 0 ? [Buffer.from("{")] : parts), Buffer.from("}")]);
}

function listBytes(list: unknown[]): Uint8Array[] {
  const known = list.every(isObject) ? joined(list, "", null) : null;
  const whole = known === null || known.too_long;
  const inner = whole ? Buffer.from(list.map(textOf).join(",")) : known.bytes.subarray(0, known.used);
  return [Buffer.from("["), inner, Buffer.from("]")];
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
