/** Most bytes that are looked at to find out how a text is encoded: more would cost and tell nothing new. */
const SAMPLE_BYTES = 64 * 1024;

/**
 * How bytes are to be decoded: as UTF-8 unless they surely are not, else as what they most likely are. A few bytes that fit
 * nowhere, in a text that is UTF-8 otherwise, do not make it another encoding.
 */
export async function decoderFor(bytes: Uint8Array): Promise<TextDecoder> {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const text = new TextDecoder().decode(sample);
  const broken = text.split("\ufffd").length - 1;
  // The sample's last character may be cut.
  if (broken === 0 || (broken === 1 && text.endsWith("\ufffd"))) return new TextDecoder();
  const wide = wideEncoding(sample);
  if (wide !== null) return new TextDecoder(wide);
  const whole = text.match(/[\u0080-\ufffc]/g)?.length ?? 0;
  if (whole > broken || isBinary(sample)) return new TextDecoder();
  const { detect } = await import("chardet");
  return legacyDecoder(detect(sample));
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
