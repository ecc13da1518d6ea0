/** Most bytes that are looked at to find out how a text is encoded: more would cost and tell nothing new. */
export const ENCODING_SAMPLE_BYTES = 64 * 1024;

/**
 * How bytes are to be decoded: as UTF-8 unless they surely are not, else as what they most likely are. A few bytes that fit
 * nowhere, in a text that is UTF-8 otherwise, do not make it another encoding.
 */
export async function decoderFor(bytes: Uint8Array): Promise<TextDecoder> {
  const sample = bytes.subarray(0, ENCODING_SAMPLE_BYTES);
  const text = new TextDecoder().decode(sample);
  const broken = unitsFrom(text, 0xfffd, 0xfffd);
  // The sample's last character may be cut.
  if (broken === 0 || (broken === 1 && text.endsWith("\ufffd"))) return new TextDecoder();
  const wide = wideEncoding(sample);
  if (wide !== null) return new TextDecoder(wide);
  const whole = unitsFrom(text, 0x80, 0xfffc);
  if (whole > broken || isBinary(sample)) return new TextDecoder();
  if (!hasRuns(sample)) return new TextDecoder("windows-1252");
  const japanese = ["shift_jis", "euc-jp"].find((name) => isKana(sample, name));
  if (japanese !== undefined) return new TextDecoder(japanese as Bun.Encoding);
  const { analyse } = await import("chardet");
  const [best] = analyse(sample);
  return legacyDecoder(best && best.confidence > GUESSED ? best.name : null);
}

/** UTF-16 units of a text between two. */
function unitsFrom(text: string, first: number, last: number): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= first && unit <= last) count++;
  }
  return count;
}

/** Confidence that chardet gives to whatever the bytes could be. */
const GUESSED = 10;

/** Two bytes beyond ASCII side by side. Where there are none, they are letters with accents: other scripts have words of them. */
function hasRuns(bytes: Uint8Array): boolean {
  return bytes.some((byte, at) => byte >= 0x80 && (bytes[at + 1] ?? 0) >= 0x80);
}

/** Part of the characters beyond ASCII that are kana in any Japanese text; what is no Japanese has none. */
const KANA = 0.2;

function isKana(bytes: Uint8Array, name: string): boolean {
  // The sample's last character may be cut.
  const text = new TextDecoder(name as Bun.Encoding).decode(bytes).replace(/\ufffd$/, "");
  return !text.includes("\ufffd") && unitsFrom(text, 0x3041, 0x30fe) > unitsFrom(text, 0x80, 0xffff) * KANA;
}

/** UTF-16 with its mark, as Windows programs print it. Their line ends have a zero byte; two odd bytes alone make no mark. */
function wideEncoding(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  const [first = 0, second = 0] = bytes;
  if (!bytes.includes(0)) return null;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return null;
}

/** Part of the bytes that are control characters from which on nobody wrote the text for people. */
const BINARY = 0.1;

function isBinary(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes)
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1b) controls++;
  return controls > bytes.length * BINARY;
}

/** Texts of a line or two give too little to go by and are then taken for ASCII: Western European is the commonest of the rest. */
function legacyDecoder(name: string | null): TextDecoder {
  if (name === null || name === "ASCII" || name.startsWith("UTF-")) return new TextDecoder("windows-1252");
  try {
    return new TextDecoder(name as Bun.Encoding);
  } catch {
    return new TextDecoder("windows-1252");
  }
}
