import { isSystemShell, readRegular, scriptOf } from "../../base/index.ts";
import type {
  ChangedPath,
  CommandExecution,
  Event,
  Evidence,
  FileEvidence,
  FileUpdateChange,
  TurnFiles,
} from "../../protocol/index.ts";
import { visibleLine } from "../../term/index.ts";
import { testRunner } from "./test-runners.ts";

/** Characters of a command that are kept; its item has all of it. */
const COMMAND_LENGTH = 2000;

/** Watches the events of a run and says in the end what really happened. */
export class EvidenceCollector {
  readonly #commands: Evidence["commands"] = [];
  readonly #files = new Map<string, Pick<FileEvidence, "kind" | "by">>();
  /** Required command → its last run since the last patch, and as the how-manieth item; null: it was not run since. */
  readonly #required: Map<string, { exit_code: number | null; at: number } | null>;
  /** Item → as the how-manieth it completed. */
  readonly #order = new Map<string, number>();
  #declined = 0;
  #unlisted = 0;

  constructor(required: readonly string[]) {
    this.#required = new Map(required.map((command) => [command, null]));
  }

  add(event: Event): void {
    if ((event.type === "turn.completed" || event.type === "turn.failed") && event.files) this.#recorded(event.files);
    if (event.type !== "item.completed") return;
    const { item } = event;
    // Calls of children are known by their threads, too: the numbers of items are each thread's own.
    const call_id = event.thread_id === undefined ? item.id : `${event.thread_id}:${item.id}`;
    this.#order.set(call_id, this.#order.size);
    if ("status" in item && item.status === "declined") this.#declined++;
    else if (item.type === "command_execution") this.#ran(item, call_id);
    else if (item.type === "file_change" && item.status === "completed") this.#changed(item.changes);
  }

  /** Reads the changed files: call it when the turn has ended. */
  evidence(): Evidence {
    const files = [...this.#files].map(([path, how]): FileEvidence => ({ path, ...how, ...contentOf(path) }));
    const required = [...this.#required].map(([command, run]) => ({ command, met: run?.exit_code === 0 }));
    return {
      commands: this.#commands,
      files,
      ...(this.#unlisted > 0 ? { unlisted: this.#unlisted } : {}),
      declined: this.#declined,
      ...(required.length > 0 ? { required } : {}),
    };
  }

  #ran({ command, exit_code }: CommandExecution, call_id: string): void {
    const script = scriptOf(command, isSystemShell) ?? command;
    const runner = testRunner(script);
    this.#commands.push({
      command: script.slice(0, COMMAND_LENGTH),
      exit_code: exit_code ?? -1,
      ...(runner === null ? {} : { test_runner: runner }),
    });
    // The whole script, and nothing else, is the required command: `CMD || true` proves nothing.
    const wanted = script.trim();
    if (this.#required.has(wanted)) this.#required.set(wanted, { exit_code, at: this.#order.get(call_id) ?? 0 });
  }

  #changed(changes: FileUpdateChange[]): void {
    for (const { path, kind, move_path } of changes) {
      this.#files.set(path, { kind: move_path ? "delete" : kind, by: "patch" });
      if (move_path) this.#files.set(move_path, { kind: "add", by: "patch" });
    }
    for (const command of this.#required.keys()) this.#required.set(command, null);
  }

  /** What was recorded for undo: what commands changed, too. A command that changed something after a proof makes it void. */
  #recorded({ changes, unlisted = { count: 0, call_ids: [] } }: TurnFiles): void {
    this.#unlisted += unlisted.count;
    for (const call_id of unlisted.call_ids) this.#changedSince(call_id);
    for (const change of changes) {
      if (change.type === "directory") continue;
      this.#files.set(change.path, { kind: KINDS[change.kind], by: change.by });
      if (change.from !== undefined) this.#files.set(change.from, { kind: "delete", by: change.by });
      this.#changedSince(change.call_id);
    }
  }

  #changedSince(call_id: string): void {
    const at = this.#order.get(call_id) ?? -1;
    for (const [command, run] of this.#required) if (run !== null && run.at < at) this.#required.set(command, null);
  }
}

const KINDS: Record<ChangedPath["kind"], FileEvidence["kind"]> = {
  create: "add",
  update: "update",
  delete: "delete",
  rename: "add",
};

/** The largest file that a patch changes. */
const MAX_HASHED_BYTES = 512 * 1024 * 1024;

function contentOf(path: string): Pick<FileEvidence, "sha256" | "bytes"> {
  const read = readRegular(path, MAX_HASHED_BYTES);
  if (!read.ok) return { sha256: null, bytes: null };
  return { sha256: new Bun.CryptoHasher("sha256").update(read.bytes).digest("hex"), bytes: read.bytes.length };
}

/** Evidence as lines for a person; empty when nothing was run, changed, declined or required. */
export function evidenceLines({ commands, files, unlisted = 0, declined, required = [] }: Evidence): string[] {
  const letters = { add: "A", update: "M", delete: "D" };
  const lines = [
    ...commands.map(({ command, exit_code, test_runner }) => {
      const what = test_runner === undefined ? "" : ` (tests: ${test_runner})`;
      return `exit ${exit_code}: ${oneLine(command)}${what}`;
    }),
    ...files.map(({ path, kind, by, sha256, bytes }) => {
      const content = sha256 === null ? "" : ` sha256:${sha256}, ${bytes} bytes`;
      return `${letters[kind]} ${visibleLine(path)}${content}, by a ${by}`;
    }),
    ...(unlisted > 0 ? [`and ${unlisted} more files that commands changed`] : []),
    ...(declined > 0 ? [`${declined} declined`] : []),
    ...required.map(({ command, met }) => `required: ${oneLine(command)}: ${met ? "met" : "missing"}`),
  ];
  return lines.length === 0 ? [] : ["evidence:", ...lines.map((line) => `  ${line}`)];
}

/** Columns that a command gets in the list. */
const LINE = 100;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LINE ? `${line.slice(0, LINE - 1)}…` : line;
}
