// What cannot be recorded is named; a command runs all the same.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeBase, remove, sh } from "../harness.suite.ts";
import { CaptureRange, type CaptureSetting, NOBODY } from "./place.suite.ts";

const base = makeBase();
afterAll(() => remove(base));
const range = process.platform === "linux" && process.getuid?.() === 0 ? new CaptureRange(base) : null;
const ns: CaptureSetting = { tier: "ns", uid: 0 };
const nsNobody: CaptureSetting = { tier: "ns", uid: NOBODY };
const landlockNobody: CaptureSetting = { tier: "landlock", uid: NOBODY };
const open: CaptureSetting = { tier: "none", uid: 0 };

describe.skipIf(range === null)("a gap", () => {
  if (range === null) return;
  /** What is recorded of a script in a workspace with these files. */
  const lines = async (
    setting: CaptureSetting,
    files: Record<string, string>,
    script: string,
    order: Parameters<CaptureRange["place"]>[1] = {},
  ) => {
    const place = range.place(setting.uid, order);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(place.inside, name), content);
    range.own(place);
    const ended = await range.record(setting, place, sh(script));
    return { ...ended, lines: ended.read.lines };
  };

  test.skipIf(!range.offers(ns))("of a file over its cap, which can be removed all the same", async () => {
    const files = { large: "0123456789", small: "01234567", removed: "0123456789" };
    const ended = await lines(ns, files, ": > large; : > small; rm removed", { fileCap: 9 });
    expect(ended.lines).toEqual([
      ...["= large", "meta large 644", "gap 1 large"],
      ...["= small", "meta small 644", "pack small 01234567"],
      ...["= removed", "meta removed 644", "link removed 0123456789"],
    ]);
    expect(ended.read.end).toBe(true);
  });

  test.skipIf(!range.offers(ns))("of what is over the cap of all", async () => {
    const ended = await lines(ns, { a: "12345", b: "12345", c: "1" }, ": > a; : > b; : > c", { totalCap: 9 });
    expect(ended.lines.filter((line) => /^(pack|gap)/.test(line))).toEqual(["pack a 12345", "gap 2 b", "pack c 1"]);
  });

  test.skipIf(!range.offers(nsNobody))("of what the user may not read, but not of what can be copied", async () => {
    const place = range.place(NOBODY);
    const made = { own: 0o200, foreign: 0o644, closed: 0o600 };
    for (const [name, mode] of Object.entries(made)) {
      writeFileSync(join(place.inside, name), name);
      chmodSync(join(place.inside, name), mode);
    }
    chownSync(join(place.inside, "own"), NOBODY, NOBODY);
    const { read } = await range.record(nsNobody, place, sh("echo > own; rm -f foreign closed"));
    // A foreign file cannot be linked (protected_hardlinks), where the system is set so.
    expect(
      read.lines.filter((line) => /^(pack|link|gap)/.test(line)).map((line) => line.replace(/^link/, "pack")),
    ).toEqual([
      "gap 4 own",
      "pack foreign foreign",
      ...(read.lines.includes("link closed closed") ? ["pack closed closed"] : ["gap 4 closed"]),
    ]);
  });

  test.skipIf(!range.offers(landlockNobody))("of a caller that may not be looked into, once", async () => {
    const script = "import ctypes; ctypes.CDLL(None).prctl(4, 0); open('f', 'w'); open('g', 'w')";
    const ended = await lines(landlockNobody, { f: "f", g: "g" }, `python3 -c "${script}"`);
    expect(ended.lines).toEqual(["gap 5 "]);
  });

  test("of another root directory", async () => {
    const script = "import os; os.mkdir('r'); os.chroot('r'); open('/f', 'w')";
    expect((await lines(open, {}, `python3 -c "${script}"`)).lines).toEqual(["+ r", "gap 6 /f"]);
  });

  test.skipIf(!range.offers(ns))("of a process's directory, which has another number outside", async () => {
    const ended = await lines(ns, { f: "f" }, "exec 3<f; echo > /proc/$$/fd/3");
    expect(ended.lines).toHaveLength(1);
    expect(ended.lines[0]).toMatch(/^gap 6 \/proc\/\d+\/fd\/3$/);
  });

  test.skipIf(!range.offers(ns))("is not what lies elsewhere, or is passed over", async () => {
    const place = range.place(0);
    mkdirSync(join(place.inside, "skipped"));
    place.capture.skip = [join(place.inside, "skipped")];
    const script = `echo > ${place.elsewhere}/f; rm ${place.elsewhere}/f; echo > skipped/f; rm -r skipped; echo > skipped2; echo > /dev/null`;
    expect((await range.record(ns, place, sh(script))).read.lines).toEqual(["+ skipped2"]);
  });
});

describe.skipIf(range === null)("a command runs without being recorded, and the report says why", () => {
  if (range === null) return;
  const reported = async (
    setting: CaptureSetting,
    prepare: (place: ReturnType<CaptureRange["place"]>) => void = () => {},
  ) => {
    const place = range.place(setting.uid);
    prepare(place);
    const ended = await range.record(setting, { ...place }, sh("echo > f; echo done"));
    expect([ended.stdout, ended.exit, existsSync(join(place.inside, "f"))]).toEqual(["done\n", 0, true]);
    return ended;
  };

  test("an ordinary user without a sandbox, unless no rights can be gained anyway", async () => {
    const nobody: CaptureSetting = { tier: "none", uid: NOBODY };
    expect((await reported(nobody)).report).toMatchObject({ captured: false, captured_reason: "privileges" });
    const held = await reported({ ...nobody, behind: ["setpriv", "--no-new-privs"] });
    expect(held.report).toMatchObject({ captured: true });
    expect(held.read.lines).toEqual(["+ f"]);
  });

  test("root without power over the machine, as in Docker, is recorded", async () => {
    const docker = ["setpriv", "--bounding-set=-sys_admin,-sys_ptrace", "--inh-caps=-sys_admin,-sys_ptrace"];
    const ended = await reported({ ...open, behind: docker });
    expect([ended.report, ended.read.lines]).toEqual([expect.objectContaining({ captured: true }), ["+ f"]]);
  });

  test.each([open, landlockNobody])("where memory may not be read ($tier)", async (setting) => {
    if (!range.offers(setting)) return;
    const ended = await reported({ ...setting, filter: "no-peeking" }, ({ capture }) => {
      // Nothing was begun: the reader of these tests wants a journal.
      if (!existsSync(join(capture.directory, "journal"))) writeFileSync(join(capture.directory, "journal"), "");
    });
    expect(ended.report).toMatchObject({ captured: false, captured_reason: "memory" });
  });

  test.each([ns, open])("where the capture's directory is not as it has to be ($tier)", async (setting) => {
    if (!range.offers(setting)) return;
    const place = range.place(setting.uid);
    rmSync(place.capture.directory, { recursive: true });
    const { child, report } = range.start(setting, place, sh("echo > f"));
    expect(await report).toMatchObject({ captured: false, captured_reason: "store" });
    expect(await child.exited).toBe(0);
  });

  test("below a command that is recorded already", async () => {
    const place = range.place(0);
    const inner = range.place(0);
    mkdirSync(join(place.inside, "capture"));
    const records = [
      ...["moat 1", "tier landlock", "mode workspace-write", "net none", "unix masked", `cwd ${place.inside}`],
      ...[`write ${place.inside}`, `capture ${join(place.inside, "capture")}`, `capture-root ${place.inside}`, "end"],
    ];
    const script = `
import os, socket
ours, theirs = socket.socketpair()
if os.fork() == 0:
    os.dup2(theirs.fileno(), 3)
    os.execv('${range.launcher}', ['${range.launcher}', '--', 'true'])
theirs.close()
ours.sendall(b'\\0'.join(w.encode() for w in ${JSON.stringify(records)}) + b'\\0')
print(ours.recv(4096).decode())`;
    const ended = await range.record(open, { ...place, capture: { ...inner.capture, roots: [] } }, [
      "python3",
      "-c",
      script,
    ]);
    expect(ended.stdout).toContain('"captured":false,"captured_reason":"nested"');
  });
});
