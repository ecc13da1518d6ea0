// Writes DER (X.690), as far as certificates need it. Pure.

const encode = new TextEncoder();

/** A value with its tag and length. */
function tagged(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  const { length } = body;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from([tag, ...(length < 0x80 ? [length] : long)]), body]);
}

export const sequence = (...parts: Uint8Array[]) => tagged(0x30, ...parts);
export const asn1Set = (...parts: Uint8Array[]) => tagged(0x31, ...parts);
/** A bit string of whole bytes. */
export const bits = (bytes: Uint8Array, unused = 0) => tagged(0x03, Uint8Array.from([unused]), bytes);
export const octets = (...parts: Uint8Array[]) => tagged(0x04, ...parts);
export const utf8 = (text: string) => tagged(0x0c, encode.encode(text));
export const truth = (value: boolean) => tagged(0x01, Uint8Array.from([value ? 0xff : 0]));
/** `[N]` around other values, or in the place of a string's own tag. */
export const explicit = (n: number, ...parts: Uint8Array[]) => tagged(0xa0 + n, ...parts);
export const implicit = (n: number, bytes: Uint8Array) => tagged(0x80 + n, bytes);

/** A positive number, given by its bytes. */
export function unsigned(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  const rest = bytes.subarray(start < 0 ? bytes.length - 1 : start);
  return tagged(0x02, (rest[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), rest]) : rest);
}

/** An object identifier, as `1.2.840.10045.4.3.2`. */
export function identifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Uint8Array.from(bytes));
}

/** A time in seconds since 1970: RFC 5280 wants years below 2050 in the short form. */
export function time(seconds: number): Uint8Array {
  const text = new Date(seconds * 1000).toISOString().replace(/[-:T]|\.\d+/g, "");
  return text.startsWith("20") && text < "2050"
    ? tagged(0x17, encode.encode(text.slice(2)))
    : tagged(0x18, encode.encode(text));
}
