// What the build has to know of an ELF executable for 64-bit Linux. Offsets and layouts: elf(5), the System V ABI's chapters 4 and 5.

/** Kinds of segments. */
const LOAD = 1;
const DYNAMIC = 2;
const LOADER = 3;
export const NOTE = 4;
/** Tags of the dynamic section. */
const STRTAB = 5;
const SYMTAB = 6;
const PLTRELSZ = 2;
const JMPREL = 23;
/** Bytes of an entry. */
const SEGMENT_BYTES = 56;
const RELOCATION_BYTES = 24;
const SYMBOL_BYTES = 24;
/** A program that is loaded where it says. */
const FIXED = 2;
const EXECUTABLE = 1;
const READABLE = 4;

/** A part of the file that is mapped, or says something about the rest. */
export interface Segment {
  /** Where its entry in the table is. */
  at: number;
  type: number;
  flags: number;
  offset: number;
  address: number;
  bytes: number;
  align: number;
}

/** A 64-bit little-endian executable in memory. */
export class Elf {
  readonly file: Buffer;

  constructor(file: Buffer) {
    this.file = file;
  }

  get isFixed(): boolean {
    return this.file.readUInt16LE(16) === FIXED;
  }

  get entry(): number {
    return this.#word(24);
  }

  set entry(address: number) {
    this.file.writeBigUInt64LE(BigInt(address), 24);
  }

  get segments(): Segment[] {
    const table = this.#word(32);
    return Array.from({ length: this.file.readUInt16LE(56) }, (_, index) => {
      const at = table + index * SEGMENT_BYTES;
      const [type, flags] = [this.file.readUInt32LE(at), this.file.readUInt32LE(at + 4)];
      const [offset, address] = [this.#word(at + 8), this.#word(at + 16)];
      return { at, type, flags, offset, address, bytes: this.#word(at + 40), align: this.#word(at + 48) };
    });
  }

  get loaded(): Segment[] {
    return this.segments.filter(({ type }) => type === LOAD);
  }

  /** Path of the program that loads this one. */
  get loader(): string {
    const { offset, bytes } = this.#first(LOADER);
    return this.file.toString("latin1", offset, offset + bytes);
  }

  /** The code from the entry to the end of its segment. */
  get code(): Buffer {
    const start = this.#place(this.entry);
    const { offset, bytes } = this.#holder(this.entry);
    return this.file.subarray(start, offset + bytes);
  }

  /** Makes code of a segment that said something else. */
  makeCode({ at }: Segment, offset: number, address: number, bytes: number, align: number): void {
    this.file.writeUInt32LE(LOAD, at);
    this.file.writeUInt32LE(READABLE | EXECUTABLE, at + 4);
    const words = [offset, address, address, bytes, bytes, align];
    for (const [index, word] of words.entries()) this.file.writeBigUInt64LE(BigInt(word), at + 8 + index * 8);
  }

  /** Where the loader puts the address of a function that comes from a library; null: it is not used. */
  slotOf(name: string): number | null {
    const tags = this.#dynamic();
    const [relocations = 0, size = 0] = [tags.get(JMPREL), tags.get(PLTRELSZ)];
    const [symbols = 0, strings = 0] = [tags.get(SYMTAB), tags.get(STRTAB)];
    const wanted = Buffer.from(`${name}\0`);
    for (let at = this.#place(relocations), end = at + size; at < end; at += RELOCATION_BYTES) {
      const symbol = this.#place(symbols) + this.file.readUInt32LE(at + 12) * SYMBOL_BYTES;
      const text = this.#place(strings) + this.file.readUInt32LE(symbol);
      if (this.file.subarray(text, text + wanted.length).equals(wanted)) return this.#word(at);
    }
    return null;
  }

  #dynamic(): Map<number, number> {
    const tags = new Map<number, number>();
    const { offset, bytes } = this.#first(DYNAMIC);
    for (let at = offset; at < offset + bytes; at += 16) tags.set(this.#word(at), this.#word(at + 8));
    return tags;
  }

  #first(wanted: number): Pick<Segment, "offset" | "bytes"> {
    return this.segments.find(({ type }) => type === wanted) ?? { offset: 0, bytes: 0 };
  }

  #holder(address: number): Segment {
    const holder = this.loaded.find(
      (segment) => address >= segment.address && address < segment.address + segment.bytes,
    );
    if (!holder) throw new Error(`nothing is loaded at 0x${address.toString(16)}`);
    return holder;
  }

  #place(address: number): number {
    const { offset, address: start } = this.#holder(address);
    return offset + (address - start);
  }

  #word(at: number): number {
    return Number(this.file.readBigUInt64LE(at));
  }
}
