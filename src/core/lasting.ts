import type { LiveProcess } from "../process/index.ts";
import type { HomeWrites } from "../sandbox/index.ts";
import type { CommandSession, ItemBody } from "../tools/index.ts";
import type { ItemLife } from "./item-life.ts";

/** A program that runs on, as people and the model know it. */
export interface RunningProgram {
  /** Counts up in the thread, from 1. */
  id: number;
  /** Quoted for a shell. */
  command: string;
  /** When it was started; monotonic ms. */
  since: number;
  stop(): void;
}

/** What outlives the call that began it: programs, and items that are still open. All of it ends with the thread. */
export class Lasting {
  readonly #programs = new Map<Pick<LiveProcess, "ended" | "stop">, RunningProgram>();
  #last_id = 0;
  /** Commands that calls left running, by their numbers, until the model has read how they ended. */
  readonly sessions = new Map<number, CommandSession>();
  /** What commands wrote into the private layer over the home directory; null until one could. */
  home_writes: HomeWrites | null = null;
  readonly #items = new Map<ItemLife, ItemBody | null>();
  #over = false;

  /** A program that runs on. When the thread is over already, it is stopped at once. Gives its number. */
  addProgram(program: Pick<LiveProcess, "ended" | "stop">, command: string, since: number): number {
    const id = ++this.#last_id;
    this.#programs.set(program, { id, command, since, stop: () => void program.stop() });
    program.ended.finally(() => this.#programs.delete(program));
    if (this.#over) program.stop();
    return id;
  }

  /** Programs that run on, in the order in which they were started. */
  get programs(): RunningProgram[] {
    return [...this.#programs.values()];
  }

  /** Stops every program, and waits until all of them are gone. */
  async stopPrograms(): Promise<void> {
    await Promise.all([...this.#programs.keys()].map((program) => program.stop()));
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
