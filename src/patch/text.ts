import { isUtf8 } from "node:buffer";

/**
 * How the bytes of a file stand for text. `bytes`: the file is broken or mixed UTF-8; every byte is one character of `text`
 * and the patch's lines are translated into their UTF-8 bytes, so that nothing of the file is ever re-encoded.
 */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "latin1" | "bytes";

/** A file as lines, with all that is needed to write the lines that stay byte by byte as they were. */
export interface TextFile {
  encoding: Encoding;
  bytes: Uint8Array;
  /** Length of the byte order mark in bytes. */
  bom: number;
  /** The content after the byte order mark. */
  text: string;
  /** Lines without their endings. */
  lines: string[];
  /** Offset in `text` of each line, then of the end. Always one longer than `lines`. */
  starts: Uint32Array;
}

/**
 * Splits the content of a file; a reason when it is in no encoding that could be written back. `mark_is_text`: a UTF-8 byte
 * order mark is U+FEFF of the first line, as diffs have it, instead of something before the text.
 */
export function splitText(
  bytes: Uint8Array,
  mark_is_text = false,
): { ok: true; file: TextFile } | { ok: false; reason: string } {
  const detected = detect(bytes);
  if ("reason" in detected) return { ok: false, reason: detected.reason };
  const { encoding } = detected;
  const bom = mark_is_text && detected.bom === UTF8_MARK.length ? 0 : detected.bom;
  const text = decode(bytes.subarray(bom), encoding);
  return { ok: true, file: { encoding, bytes, bom, text, ...splitLines(text) } };
}

function detect(bytes: Uint8Array): { encoding: Encoding; bom: number } | { reason: string } {
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff])) {
    return { reason: "it is UTF-32, which cannot be patched; convert it to UTF-8 first" };
  }
  if (startsWith(bytes, UTF8_MARK)) return { encoding: isUtf8(bytes) ? "utf-8" : "bytes", bom: UTF8_MARK.length };
  const wide = startsWith(bytes, [0xff, 0xfe]) ? "utf-16le" : startsWith(bytes, [0xfe, 0xff]) ? "utf-16be" : null;
  if (wide) return bytes.length % 2 === 0 ? { encoding: wide, bom: 2 } : { reason: ODD_UTF16 };
  const guess = guessWide(bytes);
  if (guess) return bytes.length % 2 === 0 ? { encoding: guess, bom: 0 } : { reason: ODD_UTF16 };
  if (isUtf8(bytes)) return { encoding: "utf-8", bom: 0 };
  return { encoding: holdsUtf8(bytes) ? "bytes" : "latin1", bom: 0 };
}

const UTF8_MARK = [0xef, 0xbb, 0xbf];
const ODD_UTF16 = "it starts as UTF-16 but has an odd number of bytes; repair or convert it first";

/** UTF-16 without a byte order mark: text of any Western language has zeros in every second byte and nowhere else. */
function guessWide(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  const probe = bytes.subarray(0, 4096);
  if (probe.length < 4 || !probe.includes(0)) return null;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < probe.length; i++) if (probe[i] === 0) i % 2 === 0 ? even++ : odd++;
  const most = probe.length * 0.4;
  if (even === 0 && odd >= most) return "utf-16le";
  return odd === 0 && even >= most ? "utf-16be" : null;
}

/** Whether there is a well-formed multi-byte sequence: then the file is UTF-8 with damage rather than latin-1. */
function holdsUtf8(bytes: Uint8Array): boolean {
  return /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/.test(
    buffer(bytes).toString("latin1"),
  );
}

function startsWith(bytes: Uint8Array, prefix: number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decode(bytes: Uint8Array, encoding: Encoding): string {
  switch (encoding) {
    case "utf-8":
      return buffer(bytes).toString("utf8");
    case "utf-16le":
      return buffer(bytes).toString("utf16le");
    case "utf-16be":
      return Buffer.from(bytes).swap16().toString("utf16le");
    case "latin1":
    case "bytes":
      return buffer(bytes).toString("latin1");
  }
}

/** Bytes of text that is in the file's own characters (see `toFileText`). */
export function encode(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case "utf-8":
      return Buffer.from(text, "utf8");
    case "utf-16le":
      return Buffer.from(text, "utf16le");
    case "utf-16be":
      return Buffer.from(text, "utf16le").swap16();
    case "latin1":
    case "bytes":
      return Buffer.from(text, "latin1");
  }
}

/** Number of bytes that a part of `file.text` takes in the file. */
export function byteLength(part: string, encoding: Encoding): number {
  if (encoding === "utf-8") return Buffer.byteLength(part, "utf8");
  return encoding === "utf-16le" || encoding === "utf-16be" ? part.length * 2 : part.length;
}

/** A line of a patch in the characters of a file, so that the two can be compared. */
export function toFileText(line: string, encoding: Encoding): string {
  return encoding === "bytes" && /[^\0-\x7f]/.test(line) ? Buffer.from(line, "utf8").toString("latin1") : line;
}

/** The reverse of `toFileText`, for display. */
export function toShownText(line: string, encoding: Encoding): string {
  return encoding === "bytes" && /[^\0-\x7f]/.test(line) ? Buffer.from(line, "latin1").toString("utf8") : line;
}

/** The first character of a patch's line that a file cannot hold; null when there is none. */
export function unencodable(line: string, encoding: Encoding): string | null {
  if (encoding === "latin1") {
    // 0x80-0x9F mean different things in ISO 8859-1 and in Windows-1252, and the file does not say which one it is.
    return /[^\0-\x7f\xa0-\xff]/u.exec(line)?.[0] ?? null;
  }
  if (encoding === "utf-16le" || encoding === "utf-16be") return null;
  return line.isWellFormed() ? null : "half of a surrogate pair";
}

/** Lines end with LF or CRLF; a file without any LF but with CR has lines that end with CR. */
function splitLines(text: string): { lines: string[]; starts: Uint32Array } {
  const lines = text === "" ? [] : text.split(text.includes("\n") || !text.includes("\r") ? "\n" : "\r");
  if (lines.at(-1) === "") lines.pop();
  const starts = new Uint32Array(lines.length + 1);
  const strip = text.includes("\r\n");
  let at = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    starts[i] = at;
    at += line.length + 1;
    if (strip && line.endsWith("\r")) lines[i] = line.slice(0, -1);
  }
  starts[lines.length] = text.length;
  return { lines, starts };
}

/** The ending of a line: LF, CRLF, CR, or nothing for a last line without one. */
export function lineEnding(file: TextFile, index: number): string {
  const line = file.lines[index];
  if (line === undefined) return "";
  return file.text.slice((file.starts[index] ?? 0) + line.length, file.starts[index + 1]);
}
