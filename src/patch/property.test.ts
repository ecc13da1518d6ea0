import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { PatchPlan } from "./contract.ts";
import {
  commitPatch,
  type Hunk,
  type HunkLine,
  type Patch,
  parsePatch,
  parseUnifiedDiff,
  planPatch,
  printPatch,
} from "./index.ts";
import { treeOf, type Workspace, workspace } from "./testing.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";
const RUNS = FULL ? 5000 : 120;
const TIMEOUT = 120_000;

/** Lines without endings: few different ones, so that they repeat; some that look like the notation; some not ASCII. */
const lineText = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom("a", "b", "  a", "a  ", "}", "", "return x;", "*** End Patch", "@@ x", "+y", "-z"),
  },
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, "")) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => text.replace(/[\r\n]/g, "")) },
);

const ending = fc.constantFrom("\n", "\n", "\n", "\r\n");

interface Source {
  lines: { text: string; ending: string }[];
  bom: boolean;
  final_newline: boolean;
}

const source: fc.Arbitrary<Source> = fc.record({
  lines: fc.array(fc.record({ text: lineText, ending }), { minLength: 1, maxLength: 40 }),
  bom: fc.boolean(),
  final_newline: fc.boolean(),
});

function textOf(lines: readonly { text: string; ending: string }[], { bom, final_newline }: Source): string {
  const text = lines.map((line) => line.text + line.ending).join("");
  // A last line that is empty and has no newline is not a line.
  const bare = final_newline || lines.at(-1)?.text === "" ? text : text.replace(/\r?\n$/, "");
  return (bom ? "\ufeff" : "") + bare;
}

/** What is done to one line of a file: nothing, gone, replaced, or lines put before it. */
type Change =
  | { kind: "keep" }
  | { kind: "drop" }
  | { kind: "replace"; by: string[] }
  | { kind: "before"; put: string[] };

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Change>({ kind: "keep" }) },
  { weight: 1, arbitrary: fc.constant<Change>({ kind: "drop" }) },
  {
    weight: 1,
    arbitrary: fc.array(lineText, { minLength: 1, maxLength: 3 }).map((by): Change => ({ kind: "replace", by })),
  },
  {
    weight: 1,
    arbitrary: fc.array(lineText, { minLength: 1, maxLength: 3 }).map((put): Change => ({ kind: "before", put })),
  },
);

/** One hunk over the whole file, and the content that it must give. The last line is kept, so that its newline is too. */
function edited(
  { lines }: Source,
  changes: readonly Change[],
): { hunk: HunkLine[]; after: { text: string; ending: string }[] } {
  const hunk: HunkLine[] = [];
  const after: { text: string; ending: string }[] = [];
  for (const [i, line] of lines.entries()) {
    const change = i === lines.length - 1 ? undefined : changes[i];
    const kind = change?.kind ?? "keep";
    const added = change?.kind === "replace" ? change.by : change?.kind === "before" ? change.put : [];
    if (kind === "drop" || kind === "replace") hunk.push({ op: "-", text: line.text });
    for (const text of added) hunk.push({ op: "+", text });
    after.push(...added.map((text) => ({ text, ending: "?" })));
    if (kind === "keep" || kind === "before") {
      hunk.push({ op: " ", text: line.text });
      after.push(line);
    }
  }
  return { hunk, after };
}

const updateOf = (path: string, lines: HunkLine[]): Patch => ({
  files: [{ kind: "update", path, move_path: null, hunks: [hunkOf(lines)], executable: null, line: 0 }],
  environment: null,
});

const hunkOf = (lines: HunkLine[]): Hunk => ({ context: [], hint: null, lines, end_of_file: false, line: 0 });

async function plan(patch: Patch, space: Workspace): Promise<PatchPlan> {
  const planned = await planPatch(patch, space.scope);
  if (!planned.ok) throw new Error(planned.error.message);
  return planned.value;
}

async function apply(patch: Patch, space: Workspace): Promise<PatchPlan> {
  const planned = await plan(patch, space);
  const done = await commitPatch(planned, space.journal);
  if (!done.ok) throw new Error(done.error.message);
  return planned;
}

/** Makes a text comparable with one whose added lines have any ending. */
const withoutEndings = (text: string) => text.replaceAll("\r\n", "\n");

test(
  "a generated patch gives the edited file, and kept lines keep their bytes",
  async () => {
    await fc.assert(
      fc.asyncProperty(source, fc.array(change, { maxLength: 40 }), async (file, changes) => {
        using space = workspace({ "f.txt": textOf(file.lines, file) });
        const { hunk, after } = edited(file, changes);
        await apply(updateOf("f.txt", hunk), space);
        const result = space.read("f.txt");
        const expected = after.map((line) => ({ ...line, ending: line.ending === "?" ? "\n" : line.ending }));
        expect(withoutEndings(result)).toBe(withoutEndings(textOf(expected, file)));
        // Kept lines, ending included, stand in the result in their order.
        let at = 0;
        for (const line of after.slice(0, -1).filter((line) => line.ending !== "?")) {
          const found = result.indexOf(line.text + line.ending, at);
          expect(found).toBeGreaterThanOrEqual(at);
          at = found + line.text.length + line.ending.length;
        }
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT,
);

test(
  "the diff of a change applies to the old file and gives the new bytes",
  async () => {
    await fc.assert(
      fc.asyncProperty(source, fc.array(change, { maxLength: 40 }), async (file, changes) => {
        using space = workspace({ "f.txt": textOf(file.lines, file) });
        const before = readFileSync(join(space.root, "f.txt"));
        const { changes: made } = await apply(updateOf("f.txt", edited(file, changes).hunk), space);
        const after = readFileSync(join(space.root, "f.txt"));
        const diff = made[0]?.diff;
        if (diff === undefined) return expect(Buffer.compare(before, after)).toBe(0);
        writeFileSync(join(space.root, "f.txt"), before);
        const parsed = parseUnifiedDiff(diff);
        if (!parsed.ok) throw new Error(`${parsed.error.message}\n${diff}`);
        await apply(parsed.value, space);
        expect(readFileSync(join(space.root, "f.txt"), "latin1")).toBe(after.toString("latin1"));
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT,
);

test(
  "the diff of a file replaced as a whole applies too",
  async () => {
    await fc.assert(
      fc.asyncProperty(source, fc.array(lineText, { maxLength: 30 }), async (file, lines) => {
        using space = workspace({ "f.txt": textOf(file.lines, file) });
        const before = readFileSync(join(space.root, "f.txt"));
        const add = {
          kind: "add",
          path: "f.txt",
          lines,
          final_newline: true,
          must_be_new: false,
          executable: null,
          line: 0,
        } as const;
        const { changes } = await apply({ files: [add], environment: null }, space);
        const after = readFileSync(join(space.root, "f.txt"), "latin1");
        const diff = changes[0]?.diff;
        if (diff === undefined) return;
        writeFileSync(join(space.root, "f.txt"), before);
        const parsed = parseUnifiedDiff(diff);
        if (!parsed.ok) throw new Error(`${parsed.error.message}\n${diff}`);
        await apply(parsed.value, space);
        expect(readFileSync(join(space.root, "f.txt"), "latin1")).toBe(after);
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT,
);

test(
  "a patch with one broken hunk leaves the tree as it was",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        source,
        source,
        fc.array(change, { maxLength: 40 }),
        fc.nat(),
        async (one, two, changes, where) => {
          using space = workspace({ "one.txt": textOf(one.lines, one), "two.txt": textOf(two.lines, two) });
          const before = treeOf(space.root);
          const broken = edited(two, changes).hunk;
          broken.splice(where % (broken.length + 1), 0, { op: "-", text: "this line stands in no file \u{1f6d1}" });
          const files = [...updateOf("one.txt", edited(one, changes).hunk).files, ...updateOf("two.txt", broken).files];
          expect((await planPatch({ files, environment: null }, space.scope)).ok).toBe(false);
          expect(treeOf(space.root)).toEqual(before);
        },
      ),
      { numRuns: RUNS },
    );
  },
  TIMEOUT,
);

const path = fc.constantFrom("a.txt", "dir/b c.txt", "./x", "/abs/y", "../z", "ü.txt");
const anchor = lineText.filter((text) => text.trim() !== "" && !/^\s*-\d/.test(text)).map((text) => text);
const hunk: fc.Arbitrary<Hunk> = fc.record({
  context: fc.array(anchor, { maxLength: 2 }),
  hint: fc.option(fc.nat({ max: 10_000 })),
  lines: fc.array(fc.record({ op: fc.constantFrom(" ", "-", "+"), text: lineText }), { minLength: 1, maxLength: 8 }),
  end_of_file: fc.boolean(),
  line: fc.constant(0),
});
const file: fc.Arbitrary<Patch["files"][number]> = fc.oneof(
  fc.record({
    kind: fc.constant("add"),
    path,
    lines: fc.array(lineText, { maxLength: 5 }),
    final_newline: fc.constant(true),
    must_be_new: fc.constant(false),
    executable: fc.constant(null),
    line: fc.constant(0),
  }),
  fc.record({ kind: fc.constant("delete"), path, expected: fc.constant(null), line: fc.constant(0) }),
  fc.record({
    kind: fc.constant("update"),
    path,
    move_path: fc.option(path),
    hunks: fc.array(hunk, { minLength: 1, maxLength: 4 }),
    executable: fc.constant(null),
    line: fc.constant(0),
  }),
);
const anyPatch: fc.Arbitrary<Patch> = fc.record({
  files: fc.array(file, { maxLength: 5 }),
  environment: fc.option(fc.constantFrom("env-1", "x y")),
});

test("reading what was printed gives the same patch", () => {
  fc.assert(
    fc.property(anyPatch, (patch) => {
      const parsed = parsePatch(printPatch(patch));
      if (!parsed.ok) throw new Error(parsed.error.message);
      expect(withoutLines(parsed.value)).toEqual(withoutLines(patch));
      expect(printPatch(parsed.value)).toBe(printPatch(patch));
    }),
    { numRuns: RUNS * 4 },
  );
});

/** A patch without the places where its parts stood in the text. */
function withoutLines(patch: Patch): unknown {
  return JSON.parse(JSON.stringify(patch, (key, value) => (key === "line" ? undefined : value)));
}
