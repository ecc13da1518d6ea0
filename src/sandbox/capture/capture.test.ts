// What a command is about to change is recorded before it does, in every tier: nothing less, and nothing more.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import launcher from "../../../dist/launcher.bin" with { type: "file" };
import { become, buildProgram } from "../../../native/attacks/world.ts";
import type { CaptureOrder, SandboxPolicy } from "../contract.ts";
import { makeBase, policyFor, remove, run, sh, startedBehind } from "../harness.suite.ts";
import { sandboxWith } from "../launch/launch.ts";
import { METADATA, NAMES, OPENS, PATHS, PRELUDE, type RecordedCall } from "./calls.suite.ts";
import { type ReadCapture, readCapture } from "./journal.suite.ts";

const NOBODY = 65_534;
const self = process.getuid?.() ?? -1;
const base = makeBase();
afterAll(() => remove(base));

let tools: { become: string };
const path = join(base, "moat-launch");
beforeAll(() => {
  if (process.platform !== "linux") return;
  chmodSync(base, 0o755);
  copyFileSync(launcher, path);
  chmodSync(path, 0o755);
  tools = { become: buildProgram(base, "become") };
});

interface Setting {
  tier: "ns" | "landlock" | "ns-only" | "none";
  uid: number;
  filter?: string;
}

/** A workspace of the user's, a place where nothing is recorded, and a capture. */
function makeCapture(uid: number, order: Partial<CaptureOrder> = {}) {
  const root = mkdtempSync(join(base, "c-"));
  const [writable, directory] = [join(root, "writable"), join(root, "capture")];
  const [inside, elsewhere] = [join(writable, "inside"), join(writable, "elsewhere")];
  for (const made of [writable, inside, elsewhere, directory]) mkdirSync(made);
  chmodSync(root, 0o755);
  chmodSync(directory, 0o700);
  Bun.spawnSync(["chown", "-R", `${uid}:${uid}`, root]);
  const capture = { directory, roots: [inside], skip: [], fileCap: 64 << 20, totalCap: 1 << 30, ...order };
  return { writable, inside, elsewhere, capture };
}

/** Runs a script of a shell's; its capture is read from the workspace on. */
async function record(
  { tier, uid, filter }: Setting,
  place: ReturnType<typeof makeCapture>,
  argv: string[],
  more: Partial<SandboxPolicy> = {},
) {
  const { writable, inside, capture } = place;
  const mode = tier === "none" ? "danger-full-access" : "workspace-write";
  const policy = policyFor(inside, { mode, writable: [writable], capture, ...more });
  const box = startedBehind(become(tools, uid, filter), sandboxWith(path, tier, join(base, "quarantine")));
  const ended = await run(box, argv, policy, inside);
  return { ...ended, read: readCapture(capture.directory, inside) };
}

/** Whether this user can have the tier on this machine. */
function offered({ uid, tier, filter }: Setting): boolean {
  const { stdout } = Bun.spawnSync([...become(tools, uid, filter), path, "--probe"]);
  const { abi, namespaces } = JSON.parse(stdout.toString());
  return tier === "none" || (tier === "ns-only" ? namespaces : abi > 0 && (tier !== "ns" || namespaces));
}

function make(directory: string, what: string): void {
  const at = (name: string) => join(directory, name);
  const [name = "", target = ""] = what.split(/ -> | = | \{/);
  if (what.endsWith("/")) mkdirSync(at(what));
  else if (what.includes(" -> ")) symlinkSync(target, at(name));
  else if (what.includes(" = ")) linkSync(at(target), at(name));
  else writeFileSync(at(name), name);
  const [attribute = "", value = ""] = target.replace("}", "").split("=");
  if (what.includes(" {"))
    Bun.spawnSync(["python3", "-c", `import os; os.setxattr('${at(name)}', '${attribute}', b'${value}')`]);
}

const SETTINGS: Setting[] = [
  { tier: "ns", uid: 0 },
  { tier: "ns", uid: NOBODY },
  { tier: "landlock", uid: 0 },
  { tier: "landlock", uid: NOBODY },
  { tier: "landlock", uid: NOBODY, filter: "docker" },
  { tier: "ns-only", uid: NOBODY },
  { tier: "none", uid: 0 },
];

const TABLES: Record<string, RecordedCall[]> = { OPENS, NAMES, METADATA, PATHS };

/** All calls of the tables, each in its directory, by one program. */
function program(): string {
  const all = Object.values(TABLES).flat();
  const steps = all.map(({ run }, i) => [i, run] as const);
  return `${PRELUDE}
top = os.getcwd()
elsewhere = os.environ['ELSEWHERE']
for number, code in ${JSON.stringify(steps)}:
    HERE = f'{top}/{number}'
    os.chdir(HERE)
    os.mkdir(f'{elsewhere}/{number}')
    os.environ['ELSEWHERE'] = f'{elsewhere}/{number}'
    try: exec(code)
    except Exception as e: print(number, repr(e))
`;
}

for (const setting of SETTINGS) {
  const { tier, uid, filter } = setting;
  describe.skipIf(process.platform !== "linux" || self !== 0)(
    `${tier}, uid ${uid}${filter ? `, ${filter}` : ""}`,
    () => {
      const all = Object.values(TABLES).flat();
      let read: ReadCapture | null = null;
      beforeAll(async () => {
        if (!offered(setting)) return;
        const place = makeCapture(0);
        for (const [i, { before }] of all.entries()) {
          const directory = join(place.inside, `${i}`);
          mkdirSync(directory);
          for (const what of before) make(directory, what);
        }
        Bun.spawnSync(["chown", "-hR", `${uid}:${uid}`, dirname(place.writable)]);
        const script = `ELSEWHERE=${place.elsewhere} exec python3 - <<'END'\n${program()}\nEND`;
        const ended = await record(setting, place, sh(script));
        expect(ended.stdout).toBe("");
        expect(ended.report).toMatchObject({ tier, captured: true });
        read = ended.read;
      }, 60_000);

      test.each(all.map((one, i) => [one.name, i, one] as const))("%s", (_name, i, { lines }) => {
        if (read === null) return;
        const own = read.lines.flatMap((line) => {
          const prefix = new RegExp(`^(\\S+ (?:9 )?)${i}/`);
          return prefix.test(line) ? [line.replace(prefix, "$1")] : [];
        });
        expect(own).toEqual(lines);
      });

      test("nothing else is recorded, and the end says so", () => {
        if (read === null) return;
        expect(read.lines.filter((line) => !/^\S+ (?:9 )?\d+\//.test(line))).toEqual([]);
        expect(read).toMatchObject({ end: true, cut: false, epochs: [0] });
      });
    },
  );
}
