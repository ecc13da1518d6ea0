// What a command is about to change is recorded before it does, in every tier: nothing less, and nothing more.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeBase, remove, sh } from "../harness.suite.ts";
import { METADATA, NAMES, OPENS, PATHS, PRELUDE } from "./calls.suite.ts";
import type { ReadCapture } from "./journal.suite.ts";
import { CaptureRange, type CaptureSetting, NOBODY } from "./place.suite.ts";

const base = makeBase();
afterAll(() => remove(base));
const range = process.platform === "linux" && process.getuid?.() === 0 ? new CaptureRange(base) : null;

const SETTINGS: CaptureSetting[] = [
  { tier: "ns", uid: 0 },
  { tier: "ns", uid: NOBODY },
  { tier: "landlock", uid: 0 },
  { tier: "landlock", uid: NOBODY },
  { tier: "landlock", uid: NOBODY, filter: "docker" },
  { tier: "ns-only", uid: NOBODY },
  { tier: "none", uid: 0 },
];
const calls = [...OPENS, ...NAMES, ...METADATA, ...PATHS];

/** Puts there what the `before` of a call says. */
function make(directory: string, what: string): void {
  const [name = "", target = ""] = what.split(/ -> | = | \{/);
  const path = join(directory, name);
  if (what.endsWith("/")) mkdirSync(path);
  else if (what.includes(" -> ")) symlinkSync(target, path);
  else if (what.includes(" = ")) linkSync(join(directory, target), path);
  else writeFileSync(path, name);
  if (!what.includes(" {")) return;
  const [attribute, value] = target.slice(0, -1).split("=");
  Bun.spawnSync(["python3", "-c", `import os; os.setxattr('${path}', '${attribute}', b'${value}')`]);
}

/** All calls, each in its directory, by one program. */
const PROGRAM = `${PRELUDE}
top = os.getcwd()
elsewhere = os.environ['ELSEWHERE']
for number, code in enumerate(${JSON.stringify(calls.map(({ run }) => run))}):
    HERE = f'{top}/{number}'
    os.chdir(HERE)
    os.environ['ELSEWHERE'] = f'{elsewhere}/{number}'
    os.mkdir(os.environ['ELSEWHERE'])
    try: exec(code)
    except Exception as e: print(number, repr(e))
`;

for (const setting of SETTINGS) {
  const { tier, uid, filter } = setting;
  describe.skipIf(range === null)(`${tier}, uid ${uid}${filter ? `, ${filter}` : ""}`, () => {
    let read: ReadCapture | null = null;
    beforeAll(async () => {
      if (!range?.offers(setting)) return;
      const place = range.place(uid);
      for (const [i, { before }] of calls.entries()) {
        mkdirSync(join(place.inside, `${i}`));
        for (const what of before) make(join(place.inside, `${i}`), what);
      }
      range.own(place);
      const ended = await range.record(
        setting,
        place,
        sh(`ELSEWHERE=${place.elsewhere} exec python3 - <<'END'\n${PROGRAM}\nEND`),
      );
      expect(ended.stdout).toBe("");
      expect(ended.report).toMatchObject({ tier, captured: true });
      read = ended.read;
    });

    test.each(calls.map((one, i) => [one.name, i, one] as const))("%s", (_name, i, { lines }) => {
      if (read === null) return;
      const here = new RegExp(`^(\\S+ (?:9 )?)${i}/`);
      expect(read.lines.filter((line) => here.test(line)).map((line) => line.replace(here, "$1"))).toEqual(lines);
    });

    test("nothing else is recorded, and the end says so", () => {
      if (read === null) return;
      expect(read.lines.filter((line) => !/^\S+ (?:9 )?\d+\//.test(line))).toEqual([]);
      expect(read).toMatchObject({ end: true, cut: false, epochs: [0] });
    });
  });
}
