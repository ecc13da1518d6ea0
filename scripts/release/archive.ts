import { crc32 } from "node:zlib";

/** A file of an archive. */
export interface Entry {
  /** Relative, with slashes. Of a directory with a slash at its end. */
  path: string;
  bytes: Uint8Array;
  mode: number;
}

/** A tar archive (ustar), owned by root. The same entries and time give the same bytes. `seconds`: the age of all files. */
export function tar(entries: Entry[], seconds: number): Buffer {
  const parts = entries.flatMap((entry) => {
    const rest = entry.bytes.length % 512;
    return [tarHeader(entry, seconds), entry.bytes, Buffer.alloc(rest === 0 ? 0 : 512 - rest)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function tarHeader({ path, bytes, mode }: Entry, seconds: number): Buffer {
  // A longer name would need a second field; no asset has one.
  if (Buffer.byteLength(path) > 100) throw new Error(`tar: the name is too long: ${path}`);
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
  header.write(path, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(bytes.length, 124, 12);
  octal(seconds, 136, 12);
  header.write(path.endsWith("/") ? "5" : "0", 156);
  header.write("ustar\x0000", 257, "latin1");
  header.write("root", 265);
  header.write("root", 297);
  header.write("        ", 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

/** The same as `gzip -9n`, made by the encoder that compresses best: time is spent once, bandwidth on each download. */
export function gzip(bytes: Uint8Array): Buffer {
  return Buffer.from(Bun.gzipSync(new Uint8Array(bytes), { level: 12, library: "libdeflate" }));
}

/** First day that a zip file can name: its form has no use for a real time here. */
const ZIP_DATE = (1 << 5) | 1;

/** A zip archive whose files are deflated. */
export function zip(entries: Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, bytes, mode } of entries) {
    const name = Buffer.from(path);
    const packed = Buffer.from(Bun.deflateSync(new Uint8Array(bytes), { level: 12, library: "libdeflate" }));
    const fields = zipFields(bytes, packed, name);
    parts.push(Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, name]), packed);
    directory.push(zipDirectoryEntry(fields, name, mode, offset));
    offset += 30 + name.length + packed.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, index, end]);
}

/** The fields that a file's own header and its entry in the directory share. */
function zipFields(bytes: Uint8Array, packed: Buffer, name: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt16LE(ZIP_DATE, 8);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

function zipDirectoryEntry(fields: Buffer, name: Buffer, mode: number, offset: number): Buffer {
  const entry = Buffer.alloc(46);
  entry.write("PK\x01\x02", "latin1");
  // Version 2.0 on Unix, so that the mode counts.
  entry.writeUInt16LE((3 << 8) | 20, 4);
  fields.copy(entry, 6);
  entry.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 38);
  entry.writeUInt32LE(offset, 42);
  return Buffer.concat([entry, name]);
}

/** An archive of `ar`, the outer form of a Debian package. */
export function ar(entries: Entry[], seconds: number): Buffer {
  const parts = entries.flatMap(({ path, bytes, mode }) => {
    const field = (value: string | number, width: number) => String(value).padEnd(width);
    const header = `${field(path, 16)}${field(seconds, 12)}${field(0, 6)}${field(0, 6)}${field((0o100000 | mode).toString(8), 8)}${field(bytes.length, 10)}\`\n`;
    return [Buffer.from(header, "latin1"), Buffer.from(bytes), Buffer.from(bytes.length % 2 === 0 ? "" : "\n")];
  });
  return Buffer.concat([Buffer.from("!<arch>\n"), ...parts]);
}
