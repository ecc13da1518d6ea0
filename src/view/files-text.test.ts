import { expect, test } from "bun:test";
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
