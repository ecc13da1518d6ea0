/** What stands in the place of a secret. */
const MARK = "[key]";

/**
 * What is shorter than this, or than `SHORTEST_WORD` where it is nothing but letters, is not taken out: it is an ordinary word
 * (`test`, `none`, `ollama`) or a number, which stands in text that has nothing to do with it, and protects nothing.
 */
const SHORTEST_SECRET = 6;
const SHORTEST_WORD = 8;

const isLongEnough = (value: string) => value.length >= (/^[a-z]*$/i.test(value) ? SHORTEST_WORD : SHORTEST_SECRET);

/** Characters from which on a text is first asked as a whole: a search of the engine's own passes over fifty while a loop looks at one. */
const LONG_TEXT = 64;

/** Places of a table of hashes: few enough for a processor's first cache, enough to pass over most places of a text. */
const PLACES = 4096;
/** Hash of two neighbouring characters. */
const startOf = (text: string, at: number) => (text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 5)) % PLACES;
/** Hash of one. */
const firstOf = (text: string, at: number) => text.charCodeAt(at) % PLACES;

/**
 * The values that must not leave moat, wherever text leaves it: keys of providers and servers, in whatever they may stand in
 * (as they are, in an address, in JSON, in base64). One list for a process; what is learned later counts from then on.
 */
export class Secrets {
  readonly #forms = new Set<string>();
  /** By the hash of their first two characters, the longest first. */
  readonly #starts = new Map<number, string[]>();
  readonly #isStart = new Uint8Array(PLACES);
  readonly #isFirst = new Uint8Array(PLACES);
  #longest = 0;
  /** Any of them; null: made when it is needed. */
  #any: RegExp | null = null;
  /** A character that one of them begins with; null: made when it is needed. */
  #firsts: RegExp | null = null;

  constructor(values: Iterable<string> = []) {
    this.learn(values);
  }

  /** Adds values; those that are too short are left out. */
  learn(values: Iterable<string>): void {
    for (const value of values) {
      if (!isLongEnough(value)) continue;
      for (const form of formsOf(value)) this.#add(form);
    }
  }

  #add(form: string): void {
    if (form.length < SHORTEST_SECRET || this.#forms.has(form)) return;
    this.#forms.add(form);
    this.#any = null;
    this.#firsts = null;
    this.#longest = Math.max(this.#longest, form.length);
    const start = startOf(form, 0);
    this.#starts.set(
      start,
      [...(this.#starts.get(start) ?? []), form].sort((a, b) => b.length - a.length),
    );
    this.#isStart[start] = 1;
    this.#isFirst[firstOf(form, 0)] = 1;
  }

  get known(): boolean {
    return this.#forms.size > 0;
  }

  /** Whether a text holds one of them. */
  holds(text: string): boolean {
    return this.known && this.#mayHold(text) && this.#find(text, 0) !== null;
  }

  /** The text with each of them marked; the very same text when it holds none. */
  redact(text: string): string {
    if (!this.known || !this.#mayHold(text)) return text;
    const parts: string[] = [];
    let from = 0;
    for (let found = this.#find(text, 0); found !== null; found = this.#find(text, from)) {
      parts.push(text.slice(from, found.at), MARK);
      from = found.at + found.form.length;
    }
    return from === 0 ? text : parts.join("") + text.slice(from);
  }

  /** Plain data with every text in it redacted, names of fields too; the very same data when nothing had to be. */
  redactAll<T>(value: T): T {
    return (this.known ? this.#inner(value) : value) as T;
  }

  #inner(value: unknown): unknown {
    if (typeof value === "string") return this.redact(value);
    if (typeof value !== "object" || value === null) return value;
    return Array.isArray(value) ? this.#list(value) : this.#fields(value as Record<string, unknown>);
  }

  #list(values: unknown[]): unknown[] {
    let fresh: unknown[] | null = null;
    for (let at = 0; at < values.length; at++) {
      const inner = this.#inner(values[at]);
      if (inner === values[at]) continue;
      fresh ??= [...values];
      fresh[at] = inner;
    }
    return fresh ?? values;
  }

  /** Most data holds no secret: nothing is made for it. */
  #fields(value: Record<string, unknown>): Record<string, unknown> {
    const names = Object.keys(value);
    let fresh: [string, unknown][] | null = null;
    for (const name of names) {
      const [shown, inner] = [this.redact(name), this.#inner(value[name])];
      if (fresh === null && shown === name && inner === value[name]) continue;
      fresh ??= names.slice(0, names.indexOf(name)).map((before) => [before, value[before]]);
      fresh.push([shown, inner]);
    }
    return fresh === null ? value : Object.fromEntries(fresh);
  }

  /** False only when a text surely holds none of them. */
  #mayHold(text: string): boolean {
    if (text.length < LONG_TEXT) return text.length >= SHORTEST_SECRET;
    this.#any ??= new RegExp([...this.#forms].map((form) => RegExp.escape(form)).join("|"));
    return this.#any.test(text);
  }

  /** Whether one of them may begin in a text: false for most pieces of a few characters. */
  mayBegin(text: string): boolean {
    this.#firsts ??= new RegExp(
      `[${[...new Set([...this.#forms].map((form) => RegExp.escape(form.charAt(0))))].join("")}]`,
    );
    return this.#firsts.test(text);
  }

  #find(text: string, from: number): { at: number; form: string } | null {
    for (let at = from; at <= text.length - SHORTEST_SECRET; at++) {
      const start = startOf(text, at);
      if (this.#isStart[start] === 0) continue;
      const form = this.#starts.get(start)?.find((one) => text.startsWith(one, at));
      if (form !== undefined) return { at, form };
    }
    return null;
  }

  /** The start of a text, redacted, and the end that what follows may complete to a secret, as it is. */
  split(text: string): { whole: string; open: string } {
    let open = this.#openEnd(text, 0);
    if (!this.#mayHold(text)) return { whole: text.slice(0, open), open: text.slice(open) };
    let from = 0;
    let whole = "";
    for (let found = this.#find(text, 0); found !== null && found.at < open; found = this.#find(text, from)) {
      whole += text.slice(from, found.at) + MARK;
      from = found.at + found.form.length;
      if (from > open) open = this.#openEnd(text, from);
    }
    return { whole: whole + text.slice(from, open), open: text.slice(open) };
  }

  #openEnd(text: string, from: number): number {
    for (let at = Math.max(from, text.length - this.#longest + 1); at < text.length; at++) {
      if (this.#isFirst[firstOf(text, at)] === 0) continue;
      const end = text.slice(at);
      for (const form of this.#forms) if (form.length > end.length && form.startsWith(end)) return at;
    }
    return text.length;
  }
}

/** Text that comes in pieces: what may become a secret waits for the next one. */
export class SecretStream {
  readonly #secrets: Secrets;
  #held = "";

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  push(piece: string): string {
    if (!this.#secrets.known) return piece;
    if (this.#held === "" && piece.length < LONG_TEXT && !this.#secrets.mayBegin(piece)) return piece;
    const { whole, open } = this.#secrets.split(this.#held + piece);
    this.#held = open;
    return whole;
  }

  /** What still waits, when nothing more comes. */
  end(): string {
    const text = this.#secrets.redact(this.#held);
    this.#held = "";
    return text;
  }
}

/** The ways in which a value stands in text that was made from it. */
function formsOf(value: string): string[] {
  const encoded = encodeURIComponent(value.toWellFormed());
  return [
    value,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    JSON.stringify(value).slice(1, -1),
    ...[0, 1, 2].flatMap((before) => inBase64(value, before)),
  ];
}

/**
 * What of a value's base64 is the same whatever stands around it, with `before` (modulo 3) bytes in front: `user:KEY` of a Basic
 * header holds the key at some place. In both alphabets.
 */
function inBase64(value: string, before: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
  const bits = bytes.length * 8;
  const text = bytes.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
  return [text, text.replaceAll("+", "-").replaceAll("/", "_")];
}
