import { expect, test } from "bun:test";
import { MAX_LISTED } from "../protocol/index.ts";
import { restoredLines } from "./index.ts";

test("what could not be put right is in the headline", () => {
  const why = "it was not recorded";
  const lines = restoredLines({
    kind: "undo",
    turns: ["t"],
    changes: [],
    count: 0,
    conflicts: [],
    gaps: [{ reason: "not_recorded", path: null, why }],
    failures: [{ path: "/w/a", why: "the disk is full" }],
  });
  expect(lines[0]).toBe("1 turn taken back: 0 paths put right, 2 could not be");
});

test("what the record does not list is counted all the same", () => {
  const changes = Array.from({ length: MAX_LISTED }, (_, index) => {
    return { path: `/w/f${index}`, kind: "remove", type: "file" } as const;
  });
  const conflicts = changes.map(({ path }) => ({ path, why: "changed after the turn" }));
  const lines = restoredLines({ kind: "undo", turns: ["t"], changes, count: 2050, conflicts, gaps: [], failures: [] });
  expect(lines[0]).toBe("1 turn taken back: 2050 paths put right, 100 or more kept");
  expect(lines.filter((line) => line.includes("… and"))).toEqual(["  … and 2040 more", "  … and 90 or more"]);
});

test("a name with a line end in it makes no line of its own", () => {
  const path = "/w/new\n  restore  forged";
  const why = "changed after the turn";
  const changes = [{ path, kind: "restore", type: "file" } as const];
  const [conflicts, gaps] = [[{ path, why }], [{ reason: "io_error", path, why } as const]];
  const of = { kind: "undo", turns: ["t"], changes, count: 1, conflicts, gaps, failures: conflicts } as const;
  const lines = restoredLines({ ...of, turns: [...of.turns] }, "/w");
  expect(lines.join("\n").split("\n")).toEqual(lines);
  expect(lines).toContain("  restore  new\\x0a  restore  forged");
});
