/** What the first bytes of a tunnel say. `wait`: more are needed. */
export type FirstBytes =
  | { kind: "wait" }
  | { kind: "other" }
  | { kind: "broken" }
  | { kind: "tls"; server_name: string | null };

/** RFC 8446: content type, handshake type, extension, and the most that a record may hold. */
const [HANDSHAKE, CLIENT_HELLO, SERVER_NAME, MAX_RECORD] = [22, 1, 0, 16384];
/** Bytes and records that are looked at: hellos with keys that quantum computers cannot break have some thousand, in two or three. */
const [MAX_HELLO, MAX_RECORDS] = [20_000, 4];

/** Reads the name of the server out of a ClientHello, which may come in any number of records. What is not TLS is `other`. */
export function readClientHello(bytes: Uint8Array): FirstBytes {
  if (bytes.length === 0) return { kind: "wait" };
  if (bytes[0] !== HANDSHAKE) return { kind: "other" };
  if (bytes.length > MAX_HELLO) return { kind: "broken" };
  const hello = handshakeIn(bytes);
  if (hello === "wait" || hello === "broken") return { kind: hello };
  const server_name = serverName(hello);
  return server_name === undefined ? { kind: "broken" } : { kind: "tls", server_name };
}

/** The handshake message without its header, put together from its records. */
function handshakeIn(bytes: Uint8Array): Uint8Array | "wait" | "broken" {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    if (bytes[at] !== HANDSHAKE || (bytes.length > at + 1 && bytes[at + 1] !== 3)) return "broken";
    if (bytes.length < at + 5) return "wait";
    if (length === 0 || length > MAX_RECORD) return "broken";
    if (parts.length === MAX_RECORDS) return "broken";
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
    const whole = Buffer.concat(parts);
    if (whole.length >= 1 && whole[0] !== CLIENT_HELLO) return "broken";
    if (whole.length < 4) continue;
    const size = whole.readUIntBE(1, 3);
    if (whole.length >= 4 + size) return whole.subarray(4, 4 + size);
  }
  return "wait";
}

/** null: the hello names none. undefined: it is no hello. */
function serverName(hello: Uint8Array): string | null | undefined {
  const reader = new Reader(hello);
  reader.skip(34);
  reader.skip(reader.number(1));
  reader.skip(reader.number(2));
  reader.skip(reader.number(1));
  if (reader.over) return reader.broken ? undefined : null;
  const extensions = new Reader(reader.bytes(reader.number(2)));
  if (reader.broken || !reader.over) return undefined;
  const names: (string | undefined)[] = [];
  while (!extensions.over) {
    const type = extensions.number(2);
    const body = extensions.bytes(extensions.number(2));
    if (type === SERVER_NAME) names.push(nameIn(body));
  }
  if (extensions.broken || names.length > 1) return undefined;
  return names.length === 0 ? null : names[0];
}

/** One name of the type host_name; a list of several is something that no client sends. */
function nameIn(extension: Uint8Array): string | undefined {
  const reader = new Reader(extension);
  const list = new Reader(reader.bytes(reader.number(2)));
  const type = list.number(1);
  const name = list.bytes(list.number(2));
  const sound = type === 0 && name.length > 0 && reader.over && list.over && !reader.broken && !list.broken;
  return sound ? Buffer.from(name).toString("latin1") : undefined;
}

/** Reads numbers and bytes one after another; what is not there makes it broken. */
class Reader {
  readonly #source: Uint8Array;
  #at = 0;
  broken = false;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  get over(): boolean {
    return this.broken || this.#at === this.#source.length;
  }

  number(size: number): number {
    return this.bytes(size).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  bytes(count: number): Uint8Array {
    const end = this.#at + count;
    this.broken ||= end > this.#source.length;
    const found = this.broken ? new Uint8Array() : this.#source.subarray(this.#at, end);
    this.#at = this.broken ? this.#source.length : end;
    return found;
  }

  skip(count: number): void {
    this.bytes(count);
  }
}
