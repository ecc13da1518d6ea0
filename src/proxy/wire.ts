const NOTHING = new Uint8Array();

/**
 * One end of a connection. What it cannot send at once is kept, and until it is sent its other end is not read: so neither side's speed
 * costs memory.
 */
export class SocketWire {
  /** Set when it is joined to another one. */
  other: SocketWire | null = null;
  readonly socket: Bun.Socket<SocketWire>;
  /** What is done with the bytes that come; they are only lent. */
  take: (bytes: Uint8Array) => void = () => {};
  closed: () => void = () => {};
  #unsent: Uint8Array = NOTHING;
  #finishing = false;
  #gone = false;

  constructor(socket: Bun.Socket<SocketWire>) {
    this.socket = socket;
    socket.data = this;
  }

  get gone(): boolean {
    return this.#gone;
  }

  send(bytes: Uint8Array): void {
    if (this.#gone || this.#finishing || bytes.length === 0) return;
    if (this.#unsent.length > 0) this.#unsent = Buffer.concat([this.#unsent, bytes]);
    else this.#write(bytes, true);
    if (this.#unsent.length > 0) this.other?.socket.pause();
  }

  /** Everything was sent that will be: says so to the other side when it is through. */
  finish(): void {
    this.#finishing = true;
    if (this.#unsent.length === 0 && !this.#gone) this.socket.shutdown();
  }

  /** As `finish`, and nothing more is read. */
  end(): void {
    this.take = () => {};
    this.#finishing = true;
    if (this.#unsent.length === 0 && !this.#gone) this.socket.end();
  }

  destroy(): void {
    if (!this.#gone) this.socket.terminate();
  }

  drained(): void {
    this.#write(this.#unsent, false);
    if (this.#unsent.length > 0) return;
    if (this.#finishing) this.socket.shutdown();
    this.other?.socket.resume();
  }

  /** The socket is no more. */
  lost(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#unsent = NOTHING;
    this.closed();
  }

  #write(bytes: Uint8Array, lent: boolean): void {
    const sent = Math.max(0, this.socket.write(bytes));
    this.#unsent = sent === bytes.length ? NOTHING : lent ? new Uint8Array(bytes.subarray(sent)) : bytes.subarray(sent);
  }
}

/** What Bun calls for a socket whose data is its wire. */
export const WIRE_EVENTS = {
  data: ({ data: wire }: Bun.Socket<SocketWire>, bytes: Uint8Array) => wire.take(bytes),
  drain: ({ data: wire }: Bun.Socket<SocketWire>) => wire.drained(),
  // It sends nothing more; what comes for it still goes there.
  end: ({ data: wire }: Bun.Socket<SocketWire>) => (wire.other === null ? wire.end() : wire.other.finish()),
  close: ({ data: wire }: Bun.Socket<SocketWire>) => wire.lost(),
  error: ({ data: wire }: Bun.Socket<SocketWire>) => wire.destroy(),
  timeout: ({ data: wire }: Bun.Socket<SocketWire>) => wire.destroy(),
};

/** Carries bytes between two wires until one of them is gone; then both are. */
export function joinWires(a: SocketWire, b: SocketWire): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.other = other;
    one.take = (bytes) => other.send(bytes);
    const before = one.closed;
    one.closed = () => {
      before();
      other.end();
    };
  }
}
