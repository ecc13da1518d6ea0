import { expect, test } from "bun:test";
import { type Event, type Item, NO_USAGE } from "../../protocol/index.ts";
import { EvidenceCollector, evidenceLines } from "./evidence.ts";
import { runExit } from "./exit-code.ts";

const completed = (item: object): Event =>
  ({ seq: 0, type: "item.completed", item: { id: "item_0", ...item } as Item }) satisfies Event;
const ran = (script: string, exit_code: number) =>
  completed({ type: "command_execution", command: `/bin/bash -lc '${script}'`, exit_code, status: "completed" });
const moved = completed({
  type: "file_change",
  status: "completed",
  changes: [{ path: "/proc/nowhere/a", kind: "update", move_path: "/proc/nowhere/b" }],
});

test("a move is a file that went and one that came", () => {
  const collector = new EvidenceCollector([]);
  collector.add(moved);
  expect(collector.evidence().files).toEqual([
    { path: "/proc/nowhere/a", kind: "delete", by: "patch", sha256: null, bytes: null },
    { path: "/proc/nowhere/b", kind: "add", by: "patch", sha256: null, bytes: null },
  ]);
});

test("each required command is proved on its own", () => {
  const collector = new EvidenceCollector(["make a", "make b"]);
  for (const event of [ran("make a", 0), moved, ran("make b", 0)]) collector.add(event);
  const evidence = collector.evidence();
  expect(evidence.required).toEqual([
    { command: "make a", met: false },
    { command: "make b", met: true },
  ]);
  const gates = { give_up: false, require_evidence: [], fail_on_decline: false };
  expect(runExit({ failure: null, signal: null, evidence }, gates)).toEqual({
    exit: 7,
    message: "required evidence is missing: `make a` did not run after the last edit, or did not return 0",
  });
});

const changedBy = (call_id: string, path: string): Event => {
  const by = { by: "command", call_id, type: "file", bytes_before: 1, bytes_after: null } as const;
  const files = {
    changes: [{ path, kind: "delete", ...by }],
    count: 151,
    unlisted: { count: 100, call_ids: [call_id] },
    deleted_bytes: 1,
    created_bytes: 0,
    gaps: [],
  };
  return { seq: 0, type: "turn.completed", turn_id: "t:1", usage: NO_USAGE, turn_usage: NO_USAGE, files } as Event;
};

test("what commands changed is in it, and makes a proof void that came before", () => {
  for (const [call_id, met] of [
    ["item_1", true],
    ["item_2", true],
    ["item_3", false],
  ] as const) {
    const collector = new EvidenceCollector(["make a"]);
    ["true", "make a", "rm x"].forEach((script, index) => {
      const item = {
        id: `item_${index + 1}`,
        type: "command_execution",
        command: script,
        exit_code: 0,
        status: "completed",
      };
      collector.add(completed(item));
    });
    collector.add(changedBy(call_id, "/gone/x"));
    const evidence = collector.evidence();
    expect(evidence.required).toEqual([{ command: "make a", met }]);
    expect(evidence.files).toEqual([{ path: "/gone/x", kind: "delete", by: "command", sha256: null, bytes: null }]);
    expect(evidenceLines(evidence)).toContain("  and 100 more files that commands changed");
  }
});

test("files of a patch that the record of undo does not list are named once, and a command among those makes a proof void", () => {
  for (const [call_ids, met] of [
    [[], true],
    [["item_2"], false],
  ] as const) {
    const collector = new EvidenceCollector(["make a"]);
    const changes = ["/gone/x", "/gone/y"].map((path) => ({ path, kind: "add" as const }));
    collector.add(completed({ id: "item_0", type: "file_change", changes, status: "completed" }));
    for (const [id, command] of [
      ["item_1", "make a"],
      ["item_2", "true"],
    ] as const)
      collector.add(completed({ id, type: "command_execution", command, exit_code: 0, status: "completed" }));
    const unlisted = call_ids.length === 0 ? {} : { unlisted: { count: call_ids.length, call_ids: [...call_ids] } };
    const files = { changes: [], gaps: [], count: 2, ...unlisted, deleted_bytes: 0, created_bytes: 2 };
    const end = { seq: 0, type: "turn.completed", turn_id: "t:1", usage: NO_USAGE, turn_usage: NO_USAGE, files };
    collector.add(end as Event);
    const evidence = collector.evidence();
    expect([evidence.files.length, evidence.unlisted, evidence.required?.[0]?.met]).toEqual([
      2,
      met ? undefined : 1,
      met,
    ]);
  }
});

test("long commands are cut, and lines for people are one line each", () => {
  const collector = new EvidenceCollector([]);
  collector.add(ran(`echo ${"x".repeat(3000)}\necho y`, 1));
  const changes = [{ path: "/gone/a\n  exit 0: make", kind: "delete" as const }];
  collector.add(completed({ id: "item_9", type: "file_change", changes, status: "completed" }));
  const evidence = collector.evidence();
  expect(evidence.commands[0]?.command).toHaveLength(2000);
  const [, line = ""] = evidenceLines(evidence);
  expect(line).toStartWith("  exit 1: echo xxx");
  expect(line).not.toContain("\n");
  expect(line.length).toBeLessThan(120);
  expect(evidenceLines(evidence)).toContain("  D /gone/a\\x0a  exit 0: make, by a patch");
});

test("a turn that failed after a signal is the signal's", () => {
  const evidence = new EvidenceCollector([]).evidence();
  const failure = { kind: "interrupted", message: "interrupted", retryable: false } as const;
  const gates = { give_up: true, require_evidence: [], fail_on_decline: true };
  expect(runExit({ failure, signal: "SIGTERM", evidence }, gates).exit).toBe(143);
  expect(runExit({ failure: null, signal: "SIGTERM", evidence }, gates).exit).toBe(0);
});
