// How the cost of reading grows: eight times the input, how many times the CPU time. 8 is linear, 64 quadratic.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSseReader } from "../../../src/model/sse.ts";
import { findHeredocPatch, parsePatch, parseUnifiedDiff } from "../../../src/patch/index.ts";
import { Guard } from "../../../src/sandbox/guard.ts";
import { explainDenial, type SandboxPolicy } from "../../../src/sandbox/index.ts";
import { row } from "../measure.ts";

const TIMES = 8;
const ROUNDS = 5;
/** Linear, and as much again for what grows with the memory that is touched. */
const TARGET = 2 * TIMES;

/** Something that is read: a size at which that costs about a millisecond, and what reads as much. */
type Case = [what: string, size: number, prepare: (size: number, dir: string) => () => void];

const patch =
  (make: (size: number) => string) =>
  (size: number): (() => void) => {
    const text = make(size);
    return () => {
      parsePatch(text);
      parseUnifiedDiff(text);
      findHeredocPatch(text);
    };
  };

const CASES: Case[] = [
  ["patch: a long line", 300_000, patch((n) => `*** Begin Patch\n*** Add File: f\n+${"x".repeat(n)}\n`)],
  ["patch: blank lines", 20_000, patch((n) => `${"\n".repeat(n)}*** Begin Patch`)],
  ["patch: spaces", 500_000, patch((n) => `${" ".repeat(n)}\r`)],
  ["patch: code fences", 10_000, patch((n) => "```\n".repeat(n))],
  ["patch: files", 4_000, patch((n) => `*** Begin Patch\n${"*** Delete File: f\n".repeat(n)}*** End Patch\n`)],
  [
    "patch: hunks",
    6_000,
    patch((n) => `*** Begin Patch\n*** Update File: f\n${"@@ x\n".repeat(n)} a\n*** End Patch\n`),
  ],
  ["diff: git headers", 4_000, patch((n) => "diff --git a/f b/f\n".repeat(n))],
  ["diff: a quoted name without an end", 20_000, patch((n) => `--- "${"\\".repeat(n)}\n+++ b/x\n`)],
  ["stream: an event in pieces of 1 kB", 2_000_000, stream],
  ["denial: a line that is data", 500_000, denial],
  ["guard: files of a protected place", 2_000, guard],
];

function stream(size: number): () => void {
  const bytes = Buffer.from(`data: ${"x".repeat(size)}\n\n`);
  return () => {
    const reader = createSseReader(() => {});
    for (let at = 0; at < bytes.length; at += 1000) reader.feed(bytes.subarray(at, at + 1000));
  };
}

const POLICY: SandboxPolicy = {
  mode: "read-only",
  writable: [],
  protected: [],
  stand_ins: [],
  own: [],
  hidden: [],
  net: "none",
  unix: "none",
  require: [],
};
const REPORT = {
  tier: "ns",
  abi: 7,
  fs: "read-only",
  carve: true,
  carve_absent: true,
  hidden: true,
  hidden_absent: true,
  metadata: true,
  net: "none",
  unix: "none",
  loopback: true,
  ipc: true,
  tree_kill: true,
} as const;

function denial(size: number): () => void {
  const output = `${"x".repeat(size)}/opt/a: Permission denied`;
  return () =>
    void explainDenial({
      policy: POLICY,
      report: REPORT,
      exit_code: 1,
      output,
      command: "cat",
      cwd: "/",
      home: "/root",
    });
}

function guard(size: number, dir: string): () => void {
  const place = join(dir, "place");
  mkdirSync(place);
  for (let n = 0; n < size; n++) writeFileSync(join(place, String(n)), "");
  return () => void new Guard(join(dir, "quarantine")).watch([place], [dir])();
}

/** CPU time in ms, least of several runs. */
function least(work: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** Prints how the cost of each grows. */
export function readings(): void {
  for (const [what, size, prepare] of CASES) {
    const dirs = [1, TIMES].map((times) => ({ times, dir: mkdtempSync(join(tmpdir(), "moat-bench-growth-")) }));
    try {
      const [small = 0, large = 0] = dirs.map(({ times, dir }) => {
        const work = prepare(times * size, dir);
        work();
        return least(work);
      });
      row(`${what}, ${TIMES} times as many`, large / small, TARGET, "x");
    } finally {
      for (const { dir } of dirs) rmSync(dir, { recursive: true, force: true });
    }
  }
}
