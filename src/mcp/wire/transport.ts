import type { Message } from "./message.ts";

/** What became of a message that was sent. `login`: the server wants a token, or a better one. */
export type Sent = { ok: true } | { ok: false; message: string; login?: true };

/** A way to a server. What comes in goes to the `Listener` that it was made with. */
export interface Transport {
  readonly kind: "stdio" | "http";
  /**
   * Sends one message. Over HTTP it resolves when the answer to it is over, and when the signal aborts it breaks off, which tells
   * a server of the newer revision that the request is cancelled. `headers`: more of them, where there are any.
   */
  send(message: Message, signal: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<Sent>;
  /** The revision that both sides agreed on, for transports that say it with each message. */
  agreed(version: string, modern: boolean): void;
  /** Keeps listening to what comes without being asked for, where that needs a request of its own. */
  listen(): void;
  close(): void;
}

/** Who hears what comes from a server. */
export interface Listener {
  message(message: Message): void;
  /** Nothing more will come; a sentence says why. */
  closed(why: string): void;
}
