/** A patch that cannot be read. Internal: it never leaves the parsers, which turn it into a `PatchError`. */
export class PatchSyntaxError extends Error {
  override name = "PatchSyntaxError";
  readonly line: number;
  readonly path: string | null;

  constructor(message: string, line: number, path: string | null = null) {
    super(message);
    this.line = line;
    this.path = path;
  }
}

/** A cursor over the lines of a patch that knows where each stood in the text. */
export class PatchReader {
  readonly #lines: readonly string[];
  readonly #offset: number;
  #at = 0;
  #end: number;

  /** `offset`: lines of the text before the first of `lines`. */
  constructor(lines: readonly string[], offset: number) {
    this.#lines = lines;
    this.#offset = offset;
    this.#end = lines.length;
  }

  peek(): string | undefined {
    return this.#at < this.#end ? this.#lines[this.#at] : undefined;
  }

  next(): void {
    this.#at++;
  }

  /** 1-based number, in the patch text, of the line that `peek` returns. */
  line(): number {
    return this.#offset + this.#at + 1;
  }

  last(): string | undefined {
    return this.#end > this.#at ? this.#lines[this.#end - 1] : undefined;
  }

  lastLine(): number {
    return this.#offset + Math.max(this.#end, 1);
  }

  dropLast(): void {
    this.#end--;
  }

  skipBlank(): void {
    for (let text = this.peek(); text !== undefined && text.trim() === ""; text = this.peek()) this.next();
  }

  /** What follows `*** NAME` on the current line, padding cut off; null when it is another line. */
  marker(name: string): string | null {
    const text = this.peek()?.trim();
    return text?.startsWith(`*** ${name}`) ? text.slice(4 + name.length).trim() : null;
  }

  /** At the end, or at a line that opens the next file. Only padding may stand before the stars. */
  atFileHeader(): boolean {
    const text = this.peek();
    return text === undefined || FILE_HEADER.test(text);
  }
}

const FILE_HEADER = /^\s*\*\*\* (?:Add|Update|Delete) File:/;

/** git's remark below a line that has no newline; models copy it out of diffs. */
export function isNoNewline(text: string): boolean {
  return text.startsWith("\\ No newline");
}

/** A line short enough to be quoted in a message. 80 columns: one line of a terminal. */
export function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
