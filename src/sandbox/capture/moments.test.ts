// When things happen at the same time, or the recorder comes to an end: what is in the journal is true, and what is gone is in it.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeBase, remove, sh, until } from "../harness.suite.ts";
import { readCapture } from "./journal.suite.ts";
import { CaptureRange, type CaptureSetting, NOBODY, ownSettings, readPlace } from "./place.suite.ts";

const KILLS = process.env.MOAT_TEST_FULL === "1" ? 100 : 4;
const FILES = 40;
const base = makeBase();
afterAll(() => remove(base));
const range = process.platform === "linux" ? new CaptureRange(base) : null;
const settings: CaptureSetting[] = [
  { tier: "ns", uid: NOBODY },
  { tier: "landlock", uid: NOBODY },
  { tier: "none", uid: 0 },
];
const offered = range === null ? [] : ownSettings(settings).filter((setting) => range.offers(setting));

/** It may be gone meanwhile, and so may its child. */
function killChildren(pid: number): void {
  try {
    process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim() || pid), "SIGKILL");
  } catch {
    // Then there is nothing to kill.
  }
}

describe.skipIf(range === null)("a recorder that is killed", () => {
  if (range === null) return;
  const DESTROY = `i=0; while [ $i -lt ${FILES} ]; do
case $((i % 4)) in 0) rm f$i;; 1) echo new > f$i;; 2) mv n f$i 2>/dev/null || { echo n > n; mv n f$i; };; 3) mv f$i d/;; esac
i=$((i + 1)); [ $i -ne 9 ] || echo far; done; echo end`;

  /** Of each file that is not what it was, the bytes that it had are kept. */
  function lost(place: ReturnType<CaptureRange["place"]>): string[] {
    const kept = new Set(readPlace(place).lines);
    return Array.from({ length: FILES }, (_, i) => `f${i}`).filter((name) => {
      const [here, moved] = [join(place.inside, name), join(place.inside, "d", name)];
      const now = [here, moved].flatMap((path) => (existsSync(path) ? [readFileSync(path, "utf8")] : []));
      return (
        !now.includes(`was ${name}`) && !kept.has(`link ${name} was ${name}`) && !kept.has(`pack ${name} was ${name}`)
      );
    });
  }

  test.each(offered)("takes the command with it; what is gone is recorded ($tier)", async (setting) => {
    for (let kill = 0; kill < KILLS; kill++) {
      const place = range.place(setting.uid);
      mkdirSync(join(place.inside, "d"));
      for (let i = 0; i < FILES; i++) writeFileSync(join(place.inside, `f${i}`), `was f${i}`);
      range.own(place);
      const { child, report } = range.start(setting, place, sh(DESTROY));
      await report;
      const journal = join(place.capture.directory, "journal");
      // From the first record to somewhere beyond the last one: a third of them is killed when all is done.
      const size = 110 + kill * (13_000 / KILLS);
      await until(() => lstatSync(journal).size > size || child.exitCode !== null);
      killChildren(child.pid);
      await child.exited;
      expect(lost(place)).toEqual([]);
      const { cut, end } = readPlace(place);
      expect(cut).toBe(false);
      // Killed after its last record, it has said all the same.
      if (child.exitCode === 0) expect(end).toBe(true);
    }
  });

  test.each(offered)(
    "is not needed any more when only the launcher is killed: the end is recorded ($tier)",
    async (setting) => {
      const place = range.place(setting.uid);
      writeFileSync(join(place.inside, "f0"), "was f0");
      const { child, report, leftovers } = range.start(setting, place, sh("rm -f f0; echo > started; sleep 600"));
      await report;
      await until(() => existsSync(join(place.inside, "started")));
      child.kill("SIGKILL");
      await leftovers();
      expect(readPlace(place)).toMatchObject({ end: true, cut: false });
    },
  );
});

describe.skipIf(range === null)("several at the same time", () => {
  if (range === null) return;
  const RACE = `
import os, threading
def forever(act):
    for i in range(400):
        try: act(i)
        except OSError: pass
def swap(i): os.rename('a', 'c'); os.rename('b', 'a'); os.rename('c', 'b')
def write(i): open('ab'[i % 2], 'r+').write(str(i))
def go(i): os.rename('d', 'e'); os.rename('e', 'd')
def inside(i): open('d/x' if i % 2 else 'e/x', 'r+').write(str(i))
threads = [threading.Thread(target=forever, args=(act,)) for act in (swap, write, go, inside)]
for t in threads: t.start()
for t in threads: t.join()
`;

  test.each(offered)(
    "what is kept of a file is what that file was, whatever it is called meanwhile ($tier)",
    async (setting) => {
      const place = range.place(setting.uid);
      mkdirSync(join(place.inside, "d"));
      const names = ["a", "b", "d/x"];
      for (const name of names) writeFileSync(join(place.inside, name), `was ${name}`);
      range.own(place);
      const inodes = new Map(names.map((name) => [lstatSync(join(place.inside, name)).ino, `was ${name}`]));
      const ended = await range.record(setting, place, ["python3", "-c", RACE]);
      expect(ended.exit).toBe(0);
      const { contents, end } = ended.read;
      expect(end).toBe(true);
      // An open that meets another file than the one that was looked at is not seen: then it is what it was a moment later.
      for (const [inode, content] of contents) expect((inodes.get(inode) ?? content).at(-1)).toBe(content.at(-1) ?? "");
    },
  );
});

describe.skipIf(range === null)("a new epoch", () => {
  if (range === null) return;
  const COMMAND = `
import os
held = open('held', 'r+')
open('f', 'w').write('one')
print('ready', flush=True)
os.read(0, 1)
held.write('X'); 
open('f', 'w').write('two')
os.read(0, 1)
`;

  test.each(offered)("begins anew, and what is open for writing is copied ($tier)", async (setting) => {
    const place = range.place(setting.uid);
    for (const name of ["f", "held"]) writeFileSync(join(place.inside, name), `was ${name}`);
    range.own(place);
    const epoch = join(place.capture.directory, "epoch");
    const { child, report } = range.startWithInput(setting, place, ["python3", "-c", COMMAND]);
    await report;
    const reader = child.stdout.getReader();
    await reader.read();
    const counted = Buffer.alloc(8);
    counted.writeBigUInt64LE(7n);
    writeFileSync(epoch, counted, { flag: "r+" });
    child.stdin.write("xx");
    child.stdin.end();
    await child.exited;
    const { lines, epochs, end } = readCapture(place.capture.directory, place.inside);
    expect(epochs).toEqual([0, 7]);
    expect(end).toBe(true);
    const packed = lines.filter((line) => line.startsWith("pack"));
    expect(packed.slice(0, 2)).toEqual(["pack held was held", "pack f was f"]);
    expect(packed.slice(2).sort()).toEqual(["pack f one", "pack held was held"]);
  });
});
