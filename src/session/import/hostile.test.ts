// Whatever stands in a field of a session, and wherever a file ends: it is read as far as it goes, and what comes of it can be read again.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { tempHome } from "../sample.suite.ts";
import { PEERS, type PeerName } from "./peers.ts";
import { storedThreads } from "./told.suite.ts";

const full = process.env.MOAT_TEST_FULL === "1";
const fixtures = join(import.meta.dir, "fixtures");

const FILES: [PeerName, string][] = [
  ["codex", "codex-0.171.0"],
  ["codex", "codex-0.60.1"],
  ["codex", "codex-0.20.0"],
  ["claude", "claude-2.1.332"],
  ["gemini", "gemini-0.61"],
  ["qwen", "qwen-0.24.4"],
  ["pi", "pi-1.6"],
  ["copilot", "copilot-1.0.102"],
];

function fileOf(scenario: string): string {
  const names = readdirSync(join(fixtures, scenario), { recursive: true, encoding: "utf8" });
  return join(fixtures, scenario, names.find((name) => /\.(?:jsonl|db)$/.test(name)) ?? "none");
}

/** A value that nobody would write there. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, [], {}, "", -1, 1e308, "__proto__", "\ud800", [[]], [null], { type: "text" }, { __proto__: 1 }),
);

/** The object with the value at some place of it replaced: where, numbers from 0 up to 1 say level by level. */
function changed(value: unknown, where: readonly number[], by: unknown): unknown {
  const [first, ...rest] = where;
  if (first === undefined || typeof value !== "object" || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[Math.floor(first * keys.length)];
  if (key === undefined) return by;
  const inner = changed((value as Record<string, unknown>)[key], rest, by);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
}

const place = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 6 });
const change = fc.record({ line: fc.double({ min: 0, max: 0.999, noNaN: true }), where: place, by: odd });

test.each(FILES)("%s, %s", async (from, scenario) => {
  const { open } = await PEERS[from]();
  const path = fileOf(scenario);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 400 }), (changes, cut) => {
      using home = tempHome();
      const made = [...lines];
      for (const { line, where, by } of changes) {
        const at = Math.floor(line * made.length);
        made[at] = JSON.stringify(changed(parsed(made[at]), where, by)) ?? "";
      }
      const file = join(home.dir, basename(path));
      writeFileSync(file, made.join("\n").slice(0, -cut || undefined));
      for (const thread of storedThreads(open, home.dir, file)) expect(thread.damaged).toEqual([]);
    }),
    { numRuns: full ? 400 : 40 },
  );
});

function parsed(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? "");
  } catch {
    return {};
  }
}

test("opencode: fields of its database, and a file that is none", async () => {
  const { open } = await PEERS.opencode();
  using home = tempHome();
  const path = join(home.dir, "opencode.db");
  fc.assert(
    fc.property(fc.constantFrom("message", "part", "session"), place, odd, (table, where, by) => {
      copyFileSync(fileOf("opencode-1.18.33"), path);
      const db = new Database(path);
      const column = table === "session" ? "revert" : "data";
      for (const { id, value } of db
        .query<{ id: string; value: string }, []>(`SELECT id, ${column} AS value FROM ${table}`)
        .all())
        db.run(`UPDATE ${table} SET ${column} = ? WHERE id = ?`, [
          JSON.stringify(changed(parsed(value), where, by)) ?? "x",
          id,
        ]);
      db.close();
      for (const thread of storedThreads(open, home.dir, path)) expect(thread.damaged).toEqual([]);
    }),
    { numRuns: full ? 60 : 10 },
  );
  writeFileSync(path, `SQLite format 3\0${"x".repeat(5000)}`);
  expect(() => storedThreads(open, home.dir, path)).toThrow();
  writeFileSync(path, "no database");
  expect(storedThreads(open, home.dir, path)).toEqual([]);
  mkdirSync(join(home.dir, "storage"));
  expect(storedThreads(open, home.dir, join(home.dir, "storage", "session", "x", "ses_none.json"))).toEqual([]);
});
