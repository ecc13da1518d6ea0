import { expect, test } from "bun:test";
import type { Event, Item } from "../../protocol/index.ts";
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
    { path: "/proc/nowhere/a", kind: "delete", sha256: null },
    { path: "/proc/nowhere/b", kind: "add", sha256: null },
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

test("long commands are cut, and lines for people are one line each", () => {
  const collector = new EvidenceCollector([]);
  collector.add(ran(`echo ${"x".repeat(3000)}\necho y`, 1));
  const evidence = collector.evidence();
  expect(evidence.commands[0]?.command).toHaveLength(2000);
  const [, line = ""] = evidenceLines(evidence);
  expect(line).toStartWith("  exit 1: echo xxx");
  expect(line).not.toContain("\n");
  expect(line.length).toBeLessThan(120);
});

test("a turn that failed after a signal is the signal's", () => {
  const evidence = new EvidenceCollector([]).evidence();
  const failure = { kind: "interrupted", message: "interrupted", retryable: false } as const;
  const gates = { give_up: true, require_evidence: [], fail_on_decline: true };
  expect(runExit({ failure, signal: "SIGTERM", evidence }, gates).exit).toBe(143);
  expect(runExit({ failure: null, signal: "SIGTERM", evidence }, gates).exit).toBe(0);
});
