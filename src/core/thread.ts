import {
  type ApprovalRequest,
  type Failure,
  type InputPart,
  NO_USAGE,
  type Op,
  SCHEMA_VERSION,
  type SettingsChange,
  type UserInputRequest,
} from "../protocol/index.ts";
import type { ToolServers } from "../tools/index.ts";
import { asksToRun } from "./call/approvals.ts";
import { toolHost } from "./call/tool-host.ts";
import type { EventReader, Patience } from "./channel.ts";
import type { Enforced } from "./enforced.ts";
import { ItemLife } from "./item-life.ts";
import type { RunningProgram } from "./lasting.ts";
import { Lifecycle } from "./lifecycle.ts";
import { Parts, type ThreadStart } from "./parts.ts";
import { TurnQueue } from "./queue.ts";
import { interruptedOutput } from "./request/history.ts";
import type { ThreadSettings } from "./settings.ts";
import type { ThreadState } from "./state.ts";
import { Surroundings } from "./surroundings.ts";
import { taped } from "./tape.ts";

import { INTERRUPTED, runTurn } from "./turn.ts";

/**
 * A conversation. `submit` puts ops in; iterating over `events` gives everything that happens, in order, each with the
 * next `seq`. At most one turn runs; a new one aborts it and takes its place.
 *
 * `events` is for the front end that the thread was started for. Others `read`: each gets everything from then on, at its own
 * pace. A front end that takes over reads `waited_for` before the one that it follows leaves its loop: so nothing falls between.
 */
export class Thread {
  readonly #queue = new TurnQueue();
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  readonly #surroundings: Surroundings;

  constructor(start: ThreadStart) {
    const { resumed } = start;
    this.#parts = new Parts(start, this.#queue);
    this.#lifecycle = new Lifecycle(this.#parts, resumed?.turns ?? 0);
    this.#surroundings = new Surroundings(resumed?.context);
    start.services.tools.attach?.(toolHost(this.#parts));
    if (resumed?.open_turn) this.#closeLeftOpen(resumed.open_turn);
    this.#parts.emit({
      type: "thread.started",
      thread_id: this.thread_id,
      schema_version: SCHEMA_VERSION,
      cwd: start.settings.cwd,
      moat_version: start.services.moat_version,
      ...(resumed?.forked_from ? { forked_from: resumed.forked_from } : {}),
    });
    this.#settleCalls(resumed?.pending_approval ?? null, resumed?.pending_input ?? null);
  }

  get thread_id(): string {
    return this.#parts.thread_id;
  }

  /** As they are now. */
  get settings(): ThreadSettings {
    return this.#parts.settings;
  }

  /** For who looks into a thread, as a preview of its next request does. */
  get parts(): ThreadState {
    return this.#parts;
  }

  /** A turn runs or is about to: also when a stored thread goes on with the question that it was stopped at. */
  get busy(): boolean {
    return this.#queue.busy;
  }

  /** Programs that run on beside the turns: plan mode stops them, and who switches to it asks first. */
  get running_programs(): RunningProgram[] {
    return this.#parts.lasting.programs;
  }

  /** Servers that offer tools; null: there are none. */
  get servers(): ToolServers | null {
    return this.#parts.services.tools.servers ?? null;
  }

  /** What the sandbox comes to on this machine, before a command has shown it. The machine is asked once a process. */
  async enforced(): Promise<Enforced> {
    return (await import("./enforced.ts")).enforcedIn(this.#parts);
  }

  get events(): EventReader {
    return this.#parts.outlet.readers.front;
  }

  /** One more reader, of everything from now on. The thread waits for no second reader unless it is told to. */
  read(patience: Patience = "cut_off"): EventReader {
    return this.#parts.outlet.readers.join(patience);
  }

  /** Never waits: what the op leads to comes as events. */
  submit(op: Op): void {
    // A switch: ten patterns with their functions, made anew for each op, cost a start 0.3 ms.
    switch (op.type) {
      case "user_turn":
        this.#startTurn(op.input, op.overrides ?? {});
        break;
      case "steer":
        this.#steer(op.input);
        break;
      case "settings":
        this.#change(op.changes);
        break;
      case "approval":
      case "user_input":
        this.#answer(op);
        break;
      case "interrupt":
        this.#stop(op.take_back ?? false);
        break;
      case "user_command":
        this.#startCommand(op.command);
        break;
      case "compact":
        this.#startCompaction(op.instructions ?? null);
        break;
      case "undo":
      case "redo":
        this.#restore(op);
        break;
      case "shutdown":
        this.#shutdown();
        break;
      default:
        op satisfies never;
    }
  }

  /** A turn that the end of its process cut off is closed in the file, before the thread starts again for its reader. */
  #closeLeftOpen(turn_id: string): void {
    const error: Failure = { kind: "interrupted", message: "the process ended during the turn", retryable: false };
    const counts = { usage: this.#parts.spending.total, turn_usage: NO_USAGE };
    this.#parts.outlet.keep({ type: "turn.failed", turn_id, error, ...counts });
  }

  /**
   * Calls that were cut off get their output. The one whose question was still waiting is asked about again, in a turn
   * of its own: nothing of it had run.
   */
  #settleCalls(pending: ApprovalRequest | null, input: UserInputRequest | null): void {
    const { conversation } = this.#parts;
    const open = conversation.openCalls();
    const waiting = open.find(
      (call) => (pending !== null && asksToRun(pending, call)) || input?.call_id === call.call_id,
    );
    for (const call of open) if (call !== waiting) conversation.add(interruptedOutput(call));
    if (waiting) this.#startTurn([], {});
  }

  #startTurn(input: InputPart[], overrides: SettingsChange): void {
    const parts = this.#parts;
    this.#queue.interrupt();
    parts.services.tape?.op({ type: "user_turn", input, overrides });
    this.#queue.add(async (abort, leave) => {
      await this.#lifecycle.run(overrides, abort, leave, async (signal) => {
        await taped(parts, null, signal, async () => {
          await this.#surroundings.takeUp(parts, input, signal);
          return true;
        });
        return runTurn(parts, signal);
      });
      this.#takeUpLate();
    });
  }

  #change(changes: SettingsChange): void {
    this.#parts.services.tape?.op({ type: "settings", changes });
    this.#queue.between(() => this.#lifecycle.change(changes));
  }

  /** An answer to a child's question reaches the child, whichever of them it is. */
  #answer(op: Extract<Op, { type: "approval" | "user_input" }>): void {
    const { permissions, children } = this.#parts;
    const { thread_id = this.thread_id, call_id } = op;
    if (thread_id === this.thread_id && op.type === "approval") permissions.approvals.answer(call_id, op.decision);
    else if (thread_id === this.thread_id && op.type === "user_input") permissions.inputs.answer(call_id, op.answer);
    else for (const child of children) child.submit(op);
  }

  #steer(input: InputPart[]): void {
    if (this.#queue.busy) this.#queue.steer(input);
    else this.#startTurn(input, {});
  }

  /** Said too late for the turn that it was meant for: it is not lost. The turn that waits takes it up, or it starts one. */
  #takeUpLate(): void {
    if (this.#queue.busy) return;
    const late = this.#queue.takeSteered();
    if (late.length > 0) this.#startTurn(late.flat(), {});
  }

  /** A turn of its own, after the one that runs, in which the model says nothing. */
  #startCommand(command: string): void {
    const parts = this.#parts;
    parts.services.tape?.op({ type: "user_command", command });
    this.#queue.add(async (abort, leave) => {
      await this.#lifecycle.run({}, abort, leave, async (signal) => {
        const { runUserCommand } = await import("./call/user-command.ts");
        const plan = new ItemLife(parts);
        await taped(parts, plan, signal, async () => {
          await this.#surroundings.takeUp(parts, [], signal);
          await runUserCommand(parts, plan, command, signal);
          return true;
        });
        return signal.aborted ? { ok: false, error: INTERRUPTED } : { ok: true };
      });
      this.#takeUpLate();
    });
  }

  /** A turn of its own, after the one that runs. */
  #startCompaction(focus: string | null): void {
    const parts = this.#parts;
    parts.services.tape?.op({ type: "compact", instructions: focus });
    this.#queue.add(async (abort, leave) => {
      await this.#lifecycle.run({}, abort, leave, async (signal) => {
        const { compactHistory } = await import("./request/compact.ts");
        const done = await compactHistory(parts, { by: "user", focus }, signal);
        if (!done) parts.emit({ type: "error", message: "there is nothing to compact" });
        return { ok: true };
      });
      this.#takeUpLate();
    });
  }

  /** Behind the turns that run or wait; it is no turn itself. */
  #restore(op: Extract<Op, { type: "undo" | "redo" }>): void {
    const parts = this.#parts;
    parts.services.tape?.op(op);
    this.#queue.add(async ({ signal }, leave) => {
      const { restoreFiles } = await import("./files/restore-files.ts");
      await taped(parts, null, signal, async () => {
        await restoreFiles(parts, op);
        return true;
      });
      leave();
      this.#takeUpLate();
    });
  }

  #stop(take_back: boolean): void {
    if (take_back) this.#queue.takeSteered();
    this.#parts.services.tape?.op({ type: "interrupt" });
    this.#queue.interrupt();
    for (const child of this.#parts.children) child.submit({ type: "interrupt" });
  }

  #shutdown(): void {
    const parts = this.#parts;
    const { lasting, outlet, services } = parts;
    this.#queue.close(async () => {
      services.tools.close?.();
      await parts.endAgents();
      await lasting.end();
      if (services.hooks !== null && this.#surroundings.begun) await (await import("./hooks.ts")).fireSessionEnd(parts);
      outlet.end();
      if (services.transcript_path === null) (await import("./call/spill.ts")).removeSpilled(parts);
      outlet.close();
    });
  }
}
