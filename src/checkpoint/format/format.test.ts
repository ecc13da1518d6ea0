import { describe, expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import { fromBytes, fromPath, toBytes, toPath } from "./byte-text.ts";
import { decodeJournal } from "./decode.ts";
import { encodeRecord } from "./encode.ts";
import type { JournalRecord } from "./record.ts";

/** A record put together by hand: header, payload in hex, zeros up to 8. */
function byHand(type: number, time: bigint, hex: string): Buffer {
  const payload = Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
  const record = Buffer.alloc(Math.ceil((24 + payload.length) / 8) * 8);
  record.writeUInt32LE(record.length, 0);
  record.writeUInt8(type, 8);
  record.writeBigUInt64LE(time, 16);
  payload.copy(record, 24);
  record.writeUInt32LE(crc32(record.subarray(8)), 4);
  return record;
}

/** dev 0xfe00000001 (major 254, minor 1), ino 42, born at 1,000,000,000 ns. */
const ID_HEX = "01000000fe000000 2a00000000000000 00ca9a3b00000000";
const ID = fromBytes(Buffer.from(ID_HEX.replaceAll(" ", ""), "hex"));
const ZERO_HEX = "00".repeat(24);

const cases: [string, Buffer, JournalRecord][] = [
  ["begin", byHand(1, 5n, "01000000 07000000"), { type: "begin", time: 5n, version: 1, epoch: 7 }],
  [
    "directory",
    byHand(2, 6n, `${ID_HEX} ${ZERO_HEX} 03000000 737263 06000000 2f772f737263`),
    { type: "directory", time: 6n, id: ID, parent: "", name: "src", path: "/w/src" },
  ],
  [
    "a name with bytes that are no text",
    byHand(3, 7n, `${ID_HEX} ${ZERO_HEX} 02000000 ff0a`),
    { type: "name", time: 7n, parent: ID, child: "", name: "\xff\n" },
  ],
  [
    "meta",
    byHand(
      4,
      8n,
      `${ID_HEX} a4810000 e8030000 e9030000 02000000 0000000000000000 0500000000000000 15cd5b0700000000
       01000000 08000000 757365722e666f6f 02000000 0001`,
    ),
    {
      type: "meta",
      time: 8n,
      id: ID,
      meta: {
        mode: 0o100644,
        uid: 1000,
        gid: 1001,
        nlink: 2,
        rdev: 0n,
        size: 5,
        mtime: 123456789n,
        xattrs: [["user.foo", "\0\x01"]],
      },
    },
  ],
  [
    "content in the pack",
    byHand(5, 9n, `${ID_HEX} 01000000 00000000 0010000000000000 0500000000000000`),
    { type: "content", time: 9n, id: ID, content: { kind: "pack", offset: 4096, length: 5 } },
  ],
  [
    "content as a link",
    byHand(5, 9n, `${ID_HEX} 02000000 00000000 0300000000000000`),
    { type: "content", time: 9n, id: ID, content: { kind: "link", number: 3 } },
  ],
  [
    "a symlink",
    byHand(5, 9n, `${ID_HEX} 03000000 00000000 01000000 78`),
    { type: "content", time: 9n, id: ID, content: { kind: "symlink", target: "x" } },
  ],
  [
    "gap",
    byHand(6, 10n, `${ZERO_HEX} 01000000 02000000 2f78`),
    { type: "gap", time: 10n, id: "", reason: "over_file_cap", path: "/x" },
  ],
  ["end", byHand(7, 11n, "01000000"), { type: "end", time: 11n, complete: true }],
];

describe("the journal", () => {
  for (const [name, bytes, record] of cases) {
    test(`${name}: read and written byte by byte`, () => {
      expect(decodeJournal(bytes)).toEqual({ records: [record], cut: false });
      expect(encodeRecord(record).toString("hex")).toBe(bytes.toString("hex"));
    });
  }

  const whole = Buffer.concat(cases.map(([, bytes]) => bytes));

  test("cut anywhere: what is whole before is read, and it says so", () => {
    let full = 0;
    const ends = cases.map(([, bytes]) => (full += bytes.length));
    for (let length = 0; length < whole.length; length++) {
      const { records, cut } = decodeJournal(whole.subarray(0, length));
      expect(records.length).toBe(ends.filter((end) => end <= length).length);
      expect(cut).toBe(length !== 0 && !ends.includes(length));
    }
  });

  test("any byte changed: nothing from there on is believed", () => {
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      const { records, cut } = decodeJournal(damaged);
      expect(cut).toBe(true);
      expect(records).toEqual(cases.slice(0, records.length).map(([, , record]) => record));
    }
  });

  test("a version or a type that is not known ends it", () => {
    expect(decodeJournal(byHand(1, 0n, "02000000 00000000")).cut).toBe(true);
    expect(decodeJournal(byHand(9, 0n, "00000000")).cut).toBe(true);
    // A string that claims to be longer than its record.
    expect(decodeJournal(byHand(3, 7n, `${ID_HEX} ${ZERO_HEX} ffff0000 61`)).cut).toBe(true);
  });
});

test("paths as bytes and as text", () => {
  expect(toPath(fromPath("/tmp/grün"))).toBe("/tmp/grün");
  const bytes = Buffer.from([0x2f, 0xff, 0x00, 0x61]);
  expect(toBytes(fromBytes(bytes))).toEqual(bytes);
});
