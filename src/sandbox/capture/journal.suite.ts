// What a test reads of a capture: each record as one line.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** `+ NAME`: there was nothing; `= NAME`: there was something; `meta`, `pack`, `link`, `symlink`, `gap` as they are called in native/README.md. */
export interface ReadCapture {
  lines: string[];
  /** Of each inode the bytes that it had, as they were copied or as its second name has them now; copies win. */
  contents: Map<number, string>;
  /** Path of each directory that is named. */
  directories: string[];
  /** Whether the end is there, and says that everything was recorded. */
  end: boolean | null;
  cut: boolean;
  epochs: number[];
}

/** The records that are about `root`, with paths from there on. */
export function readCapture(directory: string, root: string): ReadCapture {
  const read: ReadCapture = { lines: [], contents: new Map(), directories: [], end: null, cut: false, epochs: [] };
  const paths = new Map<string, string>();
  const bytes = readFileSync(join(directory, "journal"));
  for (let at = 0; at < bytes.length; ) {
    const size = at + 24 <= bytes.length ? bytes.readUInt32LE(at) : 0;
    const record = bytes.subarray(at, at + size);
    if (size < 24 || record.length < size || crc32(record.subarray(8)) !== record.readUInt32LE(4)) {
      read.cut = true;
      break;
    }
    take(read, record, paths, directory, root);
    at += size;
  }
  return read;
}

function take(read: ReadCapture, record: Buffer, paths: Map<string, string>, directory: string, root: string): void {
  const type = record.readUInt8(8);
  const id = (at: number) => record.toString("hex", at, at + 24);
  const text = (at: number) => record.toString("latin1", at + 4, at + 4 + record.readUInt32LE(at));
  const absent = "0".repeat(48);
  const short = (path: string) => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path);
  const of = (at: number) => paths.get(id(at)) ?? "?";
  if (type === 1) read.epochs.push(record.readUInt32LE(28));
  if (type === 2) {
    const path = text(72 + 4 + record.readUInt32LE(72));
    paths.set(id(24), path);
    read.directories.push(short(path));
  }
  if (type === 3) {
    const path = `${of(24)}/${text(72)}`;
    if (id(48) !== absent) paths.set(id(48), path);
    read.lines.push(`${id(48) === absent ? "+" : "="} ${short(path)}`);
  }
  if (type === 4) read.lines.push(`meta ${short(of(24))} ${metaText(record)}`);
  if (type === 5) {
    const line = contentText(record, directory, short(of(24)));
    read.lines.push(line);
    read.contents.set(Number(record.readBigUInt64LE(32)), line.replace(/^\S+ \S+ /, ""));
  }
  if (type === 6) read.lines.push(`gap ${record.readUInt32LE(48)} ${short(text(52))}`);
  if (type === 7) read.end = record.readUInt32LE(24) === 1;
}

/** Mode, and the names and values of attributes. */
function metaText(record: Buffer): string {
  const words = [(record.readUInt32LE(48) & 0o7777).toString(8)];
  let at = 92;
  const next = () => {
    const size = record.readUInt32LE(at);
    at += 4 + size;
    return record.toString("latin1", at - size, at);
  };
  for (let left = record.readUInt32LE(88); left > 0; left--) words.push(`${next()}=${next()}`);
  return words.join(" ");
}

function contentText(record: Buffer, directory: string, path: string): string {
  const kind = record.readUInt8(48);
  const number = () => Number(record.readBigUInt64LE(56));
  if (kind === 3) return `symlink ${path} ${record.toString("latin1", 60, 60 + record.readUInt32LE(56))}`;
  if (kind === 2) return `link ${path} ${readFileSync(join(directory, "links", `${number()}`), "latin1")}`;
  const length = Number(record.readBigUInt64LE(64));
  const pack = readFileSync(join(directory, "pack"), "latin1");
  return `pack ${path} ${pack.slice(number(), number() + length)}`;
}
