import { isSystemShell, readRegular, scriptOf } from "../../base/index.ts";
import type { CommandExecution, Event, Evidence, FileEvidence, FileUpdateChange } from "../../protocol/index.ts";
import { testRunner } from "./test-runners.ts";

/** Characters of a command that are kept; its item has all of it. */
const COMMAND_LENGTH = 2000;

/** Watches the events of a run and says in the end what really happened. */
export class EvidenceCollector {
  readonly #commands: Evidence["commands"] = [];
  readonly #files = new Map<string, FileEvidence["kind"]>();
  /** Required command → exit code of its last run since the last patch; null: it was not run since. */
  readonly #required: Map<string, number | null>;
  #declined = 0;

  constructor(required: readonly string[]) {
    this.#required = new Map(required.map((command) => [command, null]));
  }

  add(event: Event): void {
    if (event.type !== "item.completed") return;
    const { item } = event;
    if ("status" in item && item.status === "declined") this.#declined++;
    else if (item.type === "command_execution") this.#ran(item);
    else if (item.type === "file_change" && item.status === "completed") this.#changed(item.changes);
  }

  /** Reads the changed files: call it when the turn has ended. */
  evidence(): Evidence {
    const files = [...this.#files].map(([path, kind]): FileEvidence => ({ path, kind, sha256: hashOf(path) }));
    const required = [...this.#required].map(([command, exit]) => ({ command, met: exit === 0 }));
    const { length } = required;
    return { commands: this.#commands, files, declined: this.#declined, ...(length > 0 ? { required } : {}) };
  }

  #ran({ command, exit_code }: CommandExecution): void {
    const script = scriptOf(command, isSystemShell) ?? command;
    const runner = testRunner(script);
    this.#commands.push({
      command: script.slice(0, COMMAND_LENGTH),
      exit_code: exit_code ?? -1,
      ...(runner === null ? {} : { test_runner: runner }),
    });
    // The whole script, and nothing else, is the required command: `CMD || true` proves nothing.
    const wanted = script.trim();
    if (this.#required.has(wanted)) this.#required.set(wanted, exit_code);
  }

  #changed(changes: FileUpdateChange[]): void {
    for (const { path, kind, move_path } of changes) {
      this.#files.set(path, move_path ? "delete" : kind);
      if (move_path) this.#files.set(move_path, "add");
    }
    for (const command of this.#required.keys()) this.#required.set(command, null);
  }
}

/** The largest file that a patch changes. */
const MAX_HASHED_BYTES = 512 * 1024 * 1024;

function hashOf(path: string): string | null {
  const read = readRegular(path, MAX_HASHED_BYTES);
  return read.ok ? new Bun.CryptoHasher("sha256").update(read.bytes).digest("hex") : null;
}

/** Evidence as lines for a person; empty when nothing was run, changed, declined or required. */
export function evidenceLines({ commands, files, declined, required = [] }: Evidence): string[] {
  const letters = { add: "A", update: "M", delete: "D" };
  const lines = [
    ...commands.map(({ command, exit_code, test_runner }) => {
      const what = test_runner === undefined ? "" : ` (tests: ${test_runner})`;
      return `exit ${exit_code}: ${oneLine(command)}${what}`;
    }),
    ...files.map(({ path, kind, sha256 }) => `${letters[kind]} ${path}${sha256 === null ? "" : ` sha256:${sha256}`}`),
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
