// Tracing is for the command's own processes, where a PID namespace and Landlock hold everybody else apart; and nothing gets by the
// recorder through it.
import { afterAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildTools } from "../../native/attacks/world.ts";
import { CaptureRange, type CaptureSetting, NOBODY, ownSettings } from "./capture/place.suite.ts";
import { makeBase, policyFor, remove, run, sh } from "./harness.suite.ts";

const base = makeBase();
afterAll(() => remove(base));
const range = process.platform === "linux" ? new CaptureRange(base) : null;
const tools = range ? buildTools(base) : null;

/** What the program of attack.c and others answer, each in a line. */
async function answers(setting: CaptureSetting, scripts: string[]): Promise<string[]> {
  if (!range || !tools) throw new Error("there is no launcher here");
  const place = range.place(setting.uid);
  const script = scripts.map((line) => `(${line}) 2>&1 | tail -n 1`).join("\n");
  const argv = sh(`A=${tools.attack}\n${script}`);
  const ended = await run(range.box(setting), argv, policyFor(place.writable), place.inside);
  return ended.stdout.trimEnd().split("\n");
}

const OWN = ["$A child-memory", "$A put-in-nothing"];
const FIRST = ["$A ptrace 1", "$A vm-read 1 4194304", "$A vm-write 1 4194304", "$A mem-read 1 4194304"];
const FIRST_FILES = [
  "cat /proc/1/environ",
  "readlink /proc/1/fd/3; echo $?",
  "readlink /proc/1/exe; echo $?",
  "cat /proc/1/maps; echo $?",
];
const refused = /Operation not permitted|Permission denied|^1$/;

for (const uid of [0, NOBODY]) {
  const [ns] = ownSettings([{ tier: "ns", uid }]);
  if (!ns || !range?.offers(ns)) continue;
  describe(`ns, uid ${uid}`, () => {
    test("the command's own processes can be traced, read and written", async () => {
      expect(await answers(ns, OWN)).toEqual(["GOT THROUGH", "GOT THROUGH"]);
    });

    test("process 1, its environment, descriptors and memory are out of reach", async () => {
      const said = await answers(ns, [...FIRST, ...FIRST_FILES, "$A pidfd-getfd 1 3", "$A kcmp 1"]);
      expect(said).toHaveLength(10);
      for (const line of said) expect(line).toMatch(refused);
    });

    test("a tracer lifts no filter and puts in no call that is forbidden", async () => {
      const said = await answers(ns, ["$A suspend-filter", "$A put-in-unshare 20000", "$A put-in-unshare 10000000"]);
      for (const line of said) expect(line).toMatch(/Operation not permitted/);
    });

    test("what a tracer puts in is recorded before it happens", async () => {
      const place = range.place(ns.uid);
      writeFileSync(join(place.inside, "file"), "kept");
      range.own(place);
      const { read, stdout } = await range.record(ns, place, sh(`${tools?.attack} put-in-remove file`));
      expect(stdout).toContain("GOT THROUGH");
      expect(read.lines).toContain("link file kept");
    });
  });
}

for (const setting of ownSettings([
  { tier: "landlock", uid: 0 },
  { tier: "landlock", uid: NOBODY },
  { tier: "ns-only", uid: NOBODY },
])) {
  test.skipIf(!range?.offers(setting))(`${setting.tier}, uid ${setting.uid}: nothing is traced`, async () => {
    const said = await answers(setting, OWN);
    for (const line of said) expect(line).toMatch(/Operation not permitted/);
  });
}

const [here] = ownSettings([{ tier: "ns", uid: 0 }]);
const debuggers: [string, string, string][] = [
  ["strace", "strace -f -e trace=execve true && echo traced", "traced"],
  ["gdb", "gdb -nx -batch -ex run -ex quit --args true | grep -o 'exited normally'", "exited normally"],
];
for (const [tool, script, said] of debuggers) {
  test.skipIf(!here || !range?.offers(here) || !Bun.which(tool))(`${tool} works`, async () => {
    if (here) expect(await answers(here, [script])).toEqual([said]);
  });
}
