import type { OutputEmitter } from "../emitter.ts";

/**
 * Shows what a command prints as it comes, under its item. Where nobody looks at it nothing is decoded: most of a flood is thrown away.
 */
export class ShownOutput {
  readonly #emitter: OutputEmitter;
  readonly #item_id: string;
  readonly #decoder = new TextDecoder();

  constructor(emitter: OutputEmitter, item_id: string) {
    this.#emitter = emitter;
    this.#item_id = item_id;
  }

  /** A promise holds the command back until the front end keeps up. */
  add(bytes: Uint8Array): Promise<void> | null {
    return this.#emitter.hearsOutput() ? this.addText(this.decode(bytes)) : null;
  }

  /** A character that was cut comes with the later piece. */
  decode(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  addText(text: string): Promise<void> | null {
    if (text === "") return null;
    this.#emitter.emitDelta(this.#item_id, "command_execution", text);
    return this.#emitter.ready();
  }
}
