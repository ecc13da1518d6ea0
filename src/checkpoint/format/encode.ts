import { crc32 } from "node:zlib";
import { type ByteText, toBytes } from "./byte-text.ts";
import {
  ABSENT,
  ALIGN,
  GAP_REASONS,
  HEADER,
  ID_BYTES,
  type InodeId,
  type InodeMeta,
  type JournalRecord,
  type KeptContent,
  KINDS,
  TYPES,
} from "./record.ts";

/** A record as the journal has it. */
export function encodeRecord(record: JournalRecord): Buffer {
  const body = payload(record);
  const size = Math.ceil((HEADER + body.length) / ALIGN) * ALIGN;
  const out = Buffer.alloc(size);
  out.writeUInt32LE(size, 0);
  out.writeUInt8(TYPES[record.type], 8);
  out.writeBigUInt64LE(record.time, 16);
  body.copy(out, HEADER);
  out.writeUInt32LE(crc32(out.subarray(8)), 4);
  return out;
}

function payload(record: JournalRecord): Buffer {
  switch (record.type) {
    case "begin":
      return Buffer.concat([u32(record.version), u32(record.epoch)]);
    case "directory":
      return Buffer.concat([id(record.id), id(record.parent), text(record.name), text(record.path)]);
    case "name":
      return Buffer.concat([id(record.parent), id(record.child), text(record.name)]);
    case "meta":
      return Buffer.concat([id(record.id), meta(record.meta)]);
    case "content":
      return Buffer.concat([id(record.id), content(record.content)]);
    case "gap":
      return Buffer.concat([id(record.id), u32(GAP_REASONS.indexOf(record.reason) + 1), text(record.path)]);
    case "end":
      return u32(record.complete ? 1 : 0);
  }
}

function meta(meta: InodeMeta): Buffer {
  return Buffer.concat([
    u32(meta.mode),
    u32(meta.uid),
    u32(meta.gid),
    u32(meta.nlink),
    u64(meta.rdev),
    u64(BigInt(meta.size)),
    u64(meta.mtime),
    u32(meta.xattrs.length),
    ...meta.xattrs.flatMap(([name, value]) => [text(name), text(value)]),
  ]);
}

function content(kept: KeptContent): Buffer {
  const kind = Buffer.alloc(8);
  kind.writeUInt8(KINDS[kept.kind], 0);
  switch (kept.kind) {
    case "pack":
      return Buffer.concat([kind, u64(BigInt(kept.offset)), u64(BigInt(kept.length))]);
    case "link":
      return Buffer.concat([kind, u64(BigInt(kept.number))]);
    case "symlink":
      return Buffer.concat([kind, text(kept.target)]);
    case "object":
      return Buffer.concat([kind, u64(BigInt(kept.length)), text(kept.hash)]);
  }
}

function id(value: InodeId): Buffer {
  const out = Buffer.alloc(ID_BYTES);
  if (value === ABSENT) return out;
  for (const [i, part] of value.split(".").entries()) out.writeBigUInt64LE(fromBase36(part), i * 8);
  return out;
}

/** No number above 2^53 in one go: its two halves, five digits the lower one. */
function fromBase36(digits: string): bigint {
  const high = digits.slice(0, -5);
  return (
    (high === "" ? 0n : BigInt(Number.parseInt(high, 36))) * 60466176n + BigInt(Number.parseInt(digits.slice(-5), 36))
  );
}

function text(value: ByteText): Buffer {
  const bytes = toBytes(value);
  return Buffer.concat([u32(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value >>> 0, 0);
  return out;
}

function u64(value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt.asUintN(64, value), 0);
  return out;
}
