import { span } from "../base/index.ts";
import type { Failure, SettingsChange, TurnFiles } from "../protocol/index.ts";
import { stopFor, TIME_IS_OVER } from "./budget.ts";
import { showError } from "./emitter.ts";
import { TurnFailed } from "./failed.ts";
import type { Parts } from "./parts.ts";
import { inPlan } from "./plan-mode.ts";
import { contextOf } from "./surroundings.ts";
import { INTERRUPTED, type TurnEnd } from "./turn.ts";

/** Each turn from `turn.started` to the one event that closes it. */
export class Lifecycle {
  readonly #parts: Parts;
  #turns: number;
  /** Programs that plan mode stops; null: none are being stopped. */
  #stopping: Promise<void> | null = null;

  /** @param turns how many the thread has had */
  constructor(parts: Parts, turns: number) {
    this.#parts = parts;
    this.#turns = turns;
  }

  /**
   * Opens a turn under changed settings, does its work, and closes it, however it ends.
   * @param leave called once the turn is over, before that is told
   */
  async run(
    overrides: SettingsChange,
    abort: AbortController,
    leave: () => void,
    work: (signal: AbortSignal) => Promise<TurnEnd>,
  ): Promise<void> {
    const parts = this.#parts;
    const turn_id = `${parts.thread_id}:${++this.#turns}`;
    const disarm = parts.budget.arm(abort);
    parts.spending.startTurn();
    let end: TurnEnd;
    const ran = span("turn");
    try {
      this.#open(turn_id, overrides);
      if (this.#stopping) await this.#stopping;
      end = parts.outlet.lost === null ? await work(abort.signal) : { ok: false, error: INTERRUPTED };
    } catch (error) {
      end = { ok: false, error: abort.signal.aborted ? INTERRUPTED : failureOf(error) };
    }
    disarm();
    if (!end.ok && abort.signal.reason === TIME_IS_OVER) {
      end = { ok: false, error: stopFor(parts, parts.budget.timeStop()).failure };
    }
    leave();
    const { lost } = parts.outlet;
    if (lost !== null) end = { ok: false, error: { kind: "internal", message: lost, retryable: false } };
    const files = await parts.files.close();
    const { tape } = parts.services;
    this.#close(turn_id, end, tape === null ? files : tape.changed(files));
    ran();
  }

  /** Changes settings between two turns. */
  change(changes: SettingsChange): void {
    const parts = this.#parts;
    for (const message of this.#override(changes)) parts.emit({ type: "error", message });
    parts.emit({ type: "settings.changed", context: contextOf(parts.settings) });
  }

  /** What still runs was started with more than plan mode gives: it ends where that begins. */
  #override(changes: SettingsChange): string[] {
    const parts = this.#parts;
    const before = inPlan(parts.settings);
    const notes = parts.override(changes);
    if (!before && inPlan(parts.settings)) this.#stopping = parts.lasting.stopPrograms();
    return notes;
  }

  #open(turn_id: string, overrides: SettingsChange): void {
    const parts = this.#parts;
    const notes = this.#override(overrides);
    parts.turn_id = turn_id;
    parts.files.begin(turn_id);
    parts.emit({ type: "turn.started", turn_id, context: contextOf(parts.settings) });
    for (const message of notes) showError(parts, message);
  }

  #close(turn_id: string, end: TurnEnd, files: TurnFiles | null): void {
    const { total: usage, turn: turn_usage, turn_cost } = this.#parts.spending;
    const cost = turn_cost === null || turn_usage.output_tokens === 0 ? {} : { cost_usd: turn_cost };
    const counts = { usage, turn_usage, ...cost, ...(files === null ? {} : { files }) };
    if (end.ok) this.#parts.emit({ type: "turn.completed", turn_id, ...counts });
    else this.#parts.emit({ type: "turn.failed", turn_id, error: end.error, ...counts });
  }
}

/** An exception here is a bug, unless something below ended the turn on purpose. */
function failureOf(error: unknown): Failure {
  if (error instanceof TurnFailed) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "internal", message, retryable: false };
}
