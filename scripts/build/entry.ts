// The engine reads its options before any script runs, from the environment, and Bun has no way to put them into an executable. So the
// executable sets them itself: its entry is a few instructions (native/entry) that do that and go on where Bun's own entry is.
import { readFileSync, writeFileSync } from "node:fs";
import { ENGINE } from "../../src/engine.ts";
import { Elf, NOTE } from "./elf.ts";

/** What the code finds behind it before the pairs: the old entry, and the place of `setenv`'s address. */
const WORDS_BYTES = 16;

/**
 * Has an executable set the engine's options when it starts. Throws where it is not built as expected. One for musl stays as it is: that
 * library reads the variables anew behind the entry.
 */
export function setEngineOptions(executable: string, code: string): void {
  const elf = new Elf(readFileSync(executable));
  if (!elf.loader.includes("musl")) writeFileSync(executable, withOptions(elf, new Elf(readFileSync(code)).code));
}

/**
 * The program with the code and its table behind its end. Its segment takes the place of the note that has the build's id: it is that
 * of Bun's build, and a table with one more entry would have to move.
 */
function withOptions(elf: Elf, code: Buffer): Buffer {
  const note = elf.segments.find(({ type }) => type === NOTE);
  const setenv = elf.slotOf("setenv");
  if (!elf.isFixed || !note || setenv === null)
    throw new Error("Bun's executable is not built as before: see native/entry");
  const align = Math.max(...elf.loaded.map((segment) => segment.align));
  const offset = roundUp(elf.file.length, align);
  const address = roundUp(Math.max(...elf.loaded.map((segment) => segment.address + segment.bytes)), align);
  const filled = Buffer.concat([code, tableOf(address + code.length)]);
  filled.writeBigUInt64LE(BigInt(elf.entry), code.length - WORDS_BYTES);
  filled.writeBigUInt64LE(BigInt(setenv), code.length - WORDS_BYTES + 8);
  elf.makeCode(note, offset, address, filled.length, align);
  elf.entry = address;
  return Buffer.concat([elf.file, Buffer.alloc(offset - elf.file.length), filled]);
}

/** Addresses of names and values in pairs, a 0, and what they point to. */
function tableOf(address: number): Buffer {
  const words = Object.entries(ENGINE).flat();
  const table = Buffer.alloc((words.length + 1) * 8);
  let next = address + table.length;
  for (const [index, word] of words.entries()) {
    table.writeBigUInt64LE(BigInt(next), index * 8);
    next += word.length + 1;
  }
  return Buffer.concat([table, Buffer.from(words.map((word) => `${word}\0`).join(""))]);
}

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
