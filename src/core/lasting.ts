import type { LiveProcess } from "../process/index.ts";
import type { ItemBody } from "../tools/index.ts";
import type { ItemLife } from "./item-life.ts";

/** What outlives the call that began it: programs, and items that are still open. All of it ends with the thread. */
export class Lasting {
  readonly #programs = new Set<LiveProcess>();
  readonly #items = new Map<ItemLife, ItemBody | null>();
  #over = false;

  /** A program that runs on. When the thread is over already, it is stopped at once. */
  addProgram(program: LiveProcess): void {
    this.#programs.add(program);
    program.ended.finally(() => this.#programs.delete(program));
    if (this.#over) program.stop();
  }

  /** Programs that run on. */
  get running(): number {
    return this.#programs.size;
  }

  /** Stops every program, and waits until all of them are gone. */
  async stopPrograms(): Promise<void> {
    await Promise.all([...this.#programs].map((program) => program.stop()));
  }

  /** An item that stays open. @param cut how it looks when the thread ends before it does; null: as it was shown last */
  addItem(item: ItemLife, cut: ItemBody | null): void {
    for (const known of this.#items.keys()) if (known.closed) this.#items.delete(known);
    this.#items.set(item, cut);
  }

  /** Stops every program, waits until all is gone, and completes what is still open. */
  async end(): Promise<void> {
    this.#over = true;
    await this.stopPrograms();
    for (const [item, cut] of this.#items) item.close(cut);
  }
}
