import type { CapturePlan, Checkpoints, UndoOutcome } from "../../checkpoint/index.ts";
import { MAX_LISTED, type NotCaptured, type TurnFiles } from "../../protocol/index.ts";

/** Opens the checkpoints of a thread; called before the first call that may change something. */
export type OpenCheckpoints = () => Promise<Checkpoints>;

/** Why what a command changes was not recorded, for people. */
const MISSED: Record<NotCaptured, string> = {
  nested: "moat runs in a sandbox that watches system calls itself, and there can be only one",
  memory: "this system does not let moat look into the commands that it starts",
  privileges: "commands of an ordinary user without a sandbox cannot be watched",
  store: "the place for it cannot be written",
  unsupported: "this kernel cannot watch system calls",
};

/**
 * What the turns of a thread change on the disk: kept before it is changed, so that undo can take it back, and told when a turn is
 * over. Nothing of it is loaded before a call may change something. Calls are known by the ids of their items.
 */
export class TurnFilesKeeper {
  readonly #openCheckpoints: OpenCheckpoints | null;
  readonly #onFinished: (outcome: UndoOutcome) => void;
  #opening: Promise<Checkpoints> | null = null;
  #opened: Checkpoints | null = null;
  #turn_id: string | null = null;
  /** Calls that something is kept for, and what of each still runs: itself, and programs that outlive it. */
  readonly #open = new Map<string, number>();
  #programs = 0;
  /** Calls that have ended, while their changes are looked at. */
  readonly #sealing = new Set<Promise<unknown>>();

  /**
   * @param open null: nothing is kept
   * @param onFinished told of an undo that a killed process had left in the middle
   */
  constructor(open: OpenCheckpoints | null, onFinished: (outcome: UndoOutcome) => void) {
    this.#openCheckpoints = open;
    this.#onFinished = onFinished;
  }

  /** The same checkpoints for a thread that works for this one: what it changes belongs to the turn that runs here. null: nothing is kept. */
  get shared(): OpenCheckpoints | null {
    const opened = () => this.#checkpoints();
    if (this.#openCheckpoints === null) return null;
    return async () => {
      const checkpoints = await opened();
      if (checkpoints === null) throw new Error("checkpoints that are there could not be opened");
      return checkpoints;
    };
  }

  /** A turn begins; programs of earlier turns that still run change things in it, too. */
  begin(turn_id: string): void {
    this.#turn_id = turn_id;
    this.#opened?.begin(turn_id);
  }

  /** An id for what a program changes that no item shows. Items are numbered by what the model does: a server that starts meanwhile must not shift them. */
  programId(): string {
    return `program-${this.#programs++}`;
  }

  /** What the launcher of a command is told; null: nothing is kept. */
  async capture(call_id: string, by: "command" | "mcp"): Promise<CapturePlan | null> {
    const plan = (await this.#checkpoints())?.capture(call_id, by) ?? null;
    if (plan !== null) this.#begun(call_id);
    return plan;
  }

  /** Nothing of what the command changes is kept, though it was to be. */
  missed(call_id: string, reason: NotCaptured | undefined): void {
    this.#opened?.missed(call_id, reason === undefined ? "what it changes was not recorded" : MISSED[reason]);
  }

  /** A program that the call started runs on until then. */
  lives(call_id: string, ended: Promise<unknown>): void {
    const running = this.#open.get(call_id);
    if (running === undefined) return;
    this.#open.set(call_id, running + 1);
    ended.finally(() => this.ended(call_id));
  }

  /** Keeps what is at these absolute paths before a patch changes them. */
  async keep(call_id: string, paths: readonly string[]): Promise<void> {
    const checkpoints = await this.#checkpoints();
    if (!checkpoints) return;
    this.#begun(call_id);
    checkpoints.touch(call_id, paths);
  }

  /** The call has ended, or a program of it. Once nothing of it runs, what it changed is looked at, beside what the thread does next. */
  ended(call_id: string): void {
    const running = (this.#open.get(call_id) ?? 0) - 1;
    if (running > 0) this.#open.set(call_id, running);
    if (running !== 0 || !this.#opened) return;
    this.#open.delete(call_id);
    const sealing = this.#opened.sealed(call_id).finally(() => this.#sealing.delete(sealing));
    this.#sealing.add(sealing);
  }

  /** The turn is over: what it changed; null: nothing, as far as is known. */
  async close(): Promise<TurnFiles | null> {
    this.#turn_id = null;
    if (!this.#opened) return null;
    await Promise.all(this.#sealing);
    const { changes, gaps, deleted_bytes, created_bytes } = await this.#opened.close();
    // What was kept is packed beside the next request; what the end of the process cuts off, the next one does.
    void this.#opened.settle();
    if (changes.length === 0 && gaps.length === 0) return null;
    const listed = { changes: changes.slice(0, MAX_LISTED), gaps: gaps.slice(0, MAX_LISTED) };
    const rest = changes.slice(MAX_LISTED).filter(({ by, type }) => by !== "patch" && type !== "directory");
    const call_ids = [...new Set(rest.map(({ call_id }) => call_id))];
    const unlisted = rest.length === 0 ? {} : { unlisted: { count: rest.length, call_ids } };
    return { ...listed, count: changes.length, ...unlisted, deleted_bytes, created_bytes };
  }

  #begun(call_id: string): void {
    if (!this.#open.has(call_id)) this.#open.set(call_id, 1);
  }

  #checkpoints(): Promise<Checkpoints> | null {
    if (!this.#openCheckpoints) return null;
    this.#opening ??= this.#openCheckpoints().then((checkpoints) => {
      this.#opened = checkpoints;
      for (const outcome of checkpoints.finished) this.#onFinished(outcome);
      if (this.#turn_id !== null) checkpoints.begin(this.#turn_id);
      return checkpoints;
    });
    return this.#opening;
  }
}
