/** Where in a record begins what its sum is of: behind its size and the sum itself. */
const CHECKED = 8;

/** CRC-32 of IEEE 802.3, reflected. */
const POLYNOMIAL = 0xedb88320;
/** Bytes that are taken at a time: as many tables say what each of them leaves. */
const STEP = 8;

/** What a byte leaves with so many zeros behind it, one table after the other. */
const REMAINDERS = new Int32Array(STEP * 256);
for (let byte = 0; byte < 256; byte++) {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? POLYNOMIAL ^ (rest >>> 1) : rest >>> 1;
  REMAINDERS[byte] = rest;
}
for (let at = 256; at < STEP * 256; at++) {
  const before = REMAINDERS[at - 256] ?? 0;
  REMAINDERS[at] = (REMAINDERS[before & 0xff] ?? 0) ^ (before >>> 8);
}

const left = (zeros: number, byte: number): number => REMAINDERS[(zeros << 8) | (byte & 0xff)] ?? 0;

/**
 * The CRC-32 of a record, as it stands in its second word. By hand: records are short, many, and whole steps of eight bytes, and the
 * library's wants an object made of each.
 * @param words the bytes that it is in
 * @param at where it begins and how long it is, in bytes
 */
export function checksum(words: Uint32Array, at: number, size: number): number {
  let rest = -1;
  for (let i = (at + CHECKED) / 4; i < (at + size) / 4; i += 2) {
    const low = (words[i] ?? 0) ^ rest;
    const high = words[i + 1] ?? 0;
    rest =
      left(7, low) ^
      left(6, low >>> 8) ^
      left(5, low >>> 16) ^
      left(4, low >>> 24) ^
      left(3, high) ^
      left(2, high >>> 8) ^
      left(1, high >>> 16) ^
      left(0, high >>> 24);
  }
  return ~rest >>> 0;
}
