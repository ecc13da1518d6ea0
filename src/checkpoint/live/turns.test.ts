import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { JournalRecorder } from "../record/recorder.ts";
import { openLab, picture, SimulatedCommand } from "../simulate.suite.ts";
import { diffTurn, listTurns } from "../stored.ts";

const bytesOf = (path: string) => fs.readFileSync(path).readBigUInt64LE();

test("calls beside each other: what each changed is told, and undone together", async () => {
  using lab = openLab({ a: "a\n", b: "b\n", c: "c\n" });
  const before = picture(lab.root);
  const checkpoints = await lab.open();
  checkpoints.begin("t");
  const plans = ["one", "two"].map((call) => checkpoints.capture(call, call === "one" ? "command" : "mcp"));
  const [one, two] = plans.map((plan) => {
    if (!plan) throw new Error("no capture");
    return new SimulatedCommand(plan);
  });
  one?.write(join(lab.root, "a"), "one\n");
  two?.write(join(lab.root, "a"), "two, too\n");
  two?.unlink(join(lab.root, "b"));
  checkpoints.touch("three", [join(lab.root, "c")]);
  fs.writeFileSync(join(lab.root, "c"), "three\n");
  one?.end();
  two?.end();
  await Promise.all(["one", "two", "three"].map((call) => checkpoints.sealed(call)));
  checkpoints.missed("four", "the machine has no listener to give");
  const closed = await checkpoints.close();
  expect(closed).toMatchObject({ deleted_bytes: 2, gaps: [{ reason: "not_recorded", path: null }] });
  expect(
    closed.changes.map(({ path, kind, by, call_id }) => `${kind} ${path.slice(lab.root.length + 1)} ${by} ${call_id}`),
  ).toEqual(["update a mcp two", "delete b mcp two", "update c patch three"]);
  await checkpoints.settle();
  expect(listTurns(lab.stored)).toMatchObject([{ turn_id: "t", number: 1, state: "done" }]);
  await lab.undo();
  expect(picture(lab.root)).toEqual(before);
});

test("a command that goes on belongs to the turn in which it changes something", async () => {
  using lab = openLab({ a: "a\n", b: "b\n" });
  const states = [picture(lab.root)];
  const checkpoints = await lab.open();
  checkpoints.begin("first");
  const plan = checkpoints.capture("background", "command");
  if (!plan) throw new Error("no capture");
  new SimulatedCommand(plan).write(join(lab.root, "a"), "in the first turn\n");
  expect((await checkpoints.close()).changes).toHaveLength(1);
  states.push(picture(lab.root));
  expect(bytesOf(join(plan.directory, "epoch"))).toBe(1n);
  checkpoints.begin("second");
  expect(bytesOf(join(plan.directory, "epoch"))).toBe(2n);
  const recorder = new JournalRecorder(plan.directory, plan, () => new Date());
  recorder.begin(2);
  const command = new SimulatedCommand(plan, recorder);
  command.write(join(lab.root, "a"), "in the second turn\n");
  command.unlink(join(lab.root, "b"));
  command.end();
  await checkpoints.sealed("background");
  expect((await checkpoints.close()).changes).toHaveLength(2);
  await checkpoints.settle();
  await lab.undo();
  expect(picture(lab.root)).toEqual(states[1] ?? []);
  await lab.undo();
  expect(picture(lab.root)).toEqual(states[0] ?? []);
});

test("off: every method may be called, and nothing is kept", async () => {
  using lab = openLab({ a: "a\n" });
  const { openCheckpoints } = await import("../live.ts");
  const checkpoints = await openCheckpoints({ ...lab.stored, root: lab.root, enabled: false });
  checkpoints.begin("t");
  expect(checkpoints.capture("c", "command")).toBeNull();
  checkpoints.touch("p", [join(lab.root, "a")]);
  await checkpoints.sealed("c");
  expect(await checkpoints.close()).toMatchObject({ changes: [], gaps: [] });
  expect(fs.readdirSync(lab.home)).toEqual([]);
});

test("what is over the cap is named before, and the rest is taken back", async () => {
  using lab = openLab({ big: "x".repeat(2000), small: "s\n", gone: "y".repeat(2000) });
  const { openCheckpoints } = await import("../live.ts");
  const checkpoints = await openCheckpoints({ ...lab.stored, root: lab.root, enabled: true, fileCap: 1000 });
  checkpoints.begin("t");
  const plan = checkpoints.capture("c", "command");
  if (!plan) throw new Error("no capture");
  const command = new SimulatedCommand(plan);
  command.write(join(lab.root, "big"), "short");
  command.write(join(lab.root, "small"), "changed");
  // A file that is removed is linked, whatever its size.
  command.unlink(join(lab.root, "gone"));
  command.end();
  await checkpoints.sealed("c");
  expect((await checkpoints.close()).gaps).toMatchObject([{ reason: "over_file_cap", path: join(lab.root, "big") }]);
  const outcome = await lab.undo();
  expect(outcome.gaps).toMatchObject([{ reason: "over_file_cap", path: join(lab.root, "big") }]);
  expect(["big", "small", "gone"].map((name) => fs.readFileSync(join(lab.root, name), "utf8").length)).toEqual([
    5, 2, 2000,
  ]);
});

test("diffs of a turn: text, binary, permissions, links; also after later turns and after its undo", async () => {
  using lab = openLab({
    "a.txt": "one\ntwo\n",
    "b.bin": "\0\0",
    "x.sh": "x\n",
    "gone.txt": "gone\n",
    "from.txt": "from\n",
  });
  await lab.command((c, r) => {
    c.write(join(r, "a.txt"), "one\n2\n");
    c.write(join(r, "b.bin"), "\0\0\0");
    c.chmod(join(r, "x.sh"), 0o755);
    c.unlink(join(r, "gone.txt"));
    c.rename(join(r, "from.txt"), join(r, "to.txt"));
    c.symlink("a.txt", join(r, "soft"));
  });
  const shown = async (turn?: string) => {
    const diffs = await diffTurn(lab.stored, turn);
    if (!diffs.ok) throw new Error(diffs.message);
    return diffs.value.map(({ path, from, diff, notes }) => ({
      path: path.slice(lab.root.length + 1),
      ...(from ? { from: from.slice(lab.root.length + 1) } : {}),
      lines: [...(diff?.split("\n").filter((line) => /^[-+](?![-+])/.test(line)) ?? []), ...notes],
    }));
  };
  const expected = [
    { path: "a.txt", lines: ["-two", "+2"] },
    { path: "b.bin", lines: ["binary: 2 bytes → 3 bytes"] },
    { path: "gone.txt", lines: ["-gone"] },
    { path: "soft", lines: ["symlink made → a.txt"] },
    { path: "to.txt", from: "from.txt", lines: [] },
    { path: "x.sh", lines: ["mode 644 → 755"] },
  ];
  expect(await shown()).toEqual(expected);
  await lab.command((c, r) => c.write(join(r, "a.txt"), "again\n"));
  expect(await shown("1")).toEqual(expected);
  expect(await shown()).toEqual([{ path: "a.txt", lines: ["-one", "-2", "+again"] }]);
  await lab.undo({ turns: 2 });
  expect((await shown("1")).filter(({ path }) => path === "gone.txt")).toEqual([
    { path: "gone.txt", lines: ["-gone"] },
  ]);
});

const FILES = process.env.MOAT_TEST_FULL ? 10_000 : 2000;

test(`${FILES} files, half of them removed and as many made`, async () => {
  using lab = openLab();
  const place = (prefix: string, i: number) => join(lab.root, `${prefix}${i % 20}`, `f${i}`);
  for (let i = 0; i < 20; i++) fs.mkdirSync(join(lab.root, `d${i}`));
  for (let i = 0; i < FILES; i++) fs.writeFileSync(place("d", i), `${i}\n`);
  const before = picture(lab.root);
  await lab.command((c, r) => {
    for (let i = 0; i < 20; i += 2) c.removeAll(join(r, `d${i}`));
    for (let i = 0; i < 20; i++) c.mkdir(join(r, `n${i}`));
    for (let i = 0; i < FILES / 2; i++) c.write(place("n", i), `${i}\n`);
  });
  const after = picture(lab.root);
  await lab.undo();
  expect(picture(lab.root)).toEqual(before);
  await lab.redo();
  expect(picture(lab.root)).toEqual(after);
}, 120_000);

test("undo and redo between two turns of one process: the next turn knows of them", async () => {
  using lab = openLab({ a: "a\n" });
  const before = picture(lab.root);
  const checkpoints = await lab.open();
  const turn = async (name: string, content: string) => {
    checkpoints.begin(name);
    const plan = checkpoints.capture(name, "command");
    if (!plan) throw new Error("no capture");
    const command = new SimulatedCommand(plan);
    command.write(join(lab.root, "a"), content);
    command.end();
    await checkpoints.sealed(name);
    expect((await checkpoints.close()).gaps).toEqual([]);
  };
  await turn("first", "1\n");
  const first = picture(lab.root);
  await lab.undo();
  // Compressing was under way meanwhile, and does not write over what undo wrote.
  await checkpoints.settle();
  expect(listTurns(lab.stored).map(({ state }) => state)).toEqual(["undone"]);
  await lab.redo();
  await turn("second", "2\n");
  expect(listTurns(lab.stored).map(({ turn_id, number, state }) => [turn_id, number, state])).toEqual([
    ["second", 2, "done"],
    ["first", 1, "done"],
  ]);
  await lab.undo();
  expect(picture(lab.root)).toEqual(first);
  await lab.undo();
  expect(picture(lab.root)).toEqual(before);
});

test("commands that touch nothing share a directory until their turn is over, and none of them is missed", async () => {
  using lab = openLab({ a: "a\n" });
  const before = picture(lab.root);
  const checkpoints = await lab.open();
  const command = async (call: string, act: (command: SimulatedCommand) => void) => {
    const plan = checkpoints.capture(call, "command");
    if (!plan) throw new Error("no capture");
    const simulated = new SimulatedCommand(plan);
    act(simulated);
    simulated.end();
    await checkpoints.sealed(call);
    return plan.directory;
  };
  checkpoints.begin("first");
  const one = await command("one", () => {});
  const two = await command("two", () => {});
  const three = await command("three", (c) => c.write(join(lab.root, "a"), "three\n"));
  const four = await command("four", () => {});
  expect([two, three]).toEqual([one, one]);
  expect(four).not.toBe(one);
  expect(await checkpoints.close()).toMatchObject({ gaps: [], changes: [{ kind: "update", call_id: "three" }] });
  await checkpoints.settle();
  expect([fs.existsSync(three), fs.existsSync(four)]).toEqual([true, false]);
  checkpoints.begin("second");
  const last = await command("five", () => {});
  // As after a process that was killed now: the next one finds a command that ended, and nothing that is missing.
  const { openCheckpoints } = await import("../live.ts");
  await openCheckpoints({ ...lab.stored, root: lab.root, enabled: true });
  expect(fs.existsSync(last)).toBe(true);
  expect(listTurns(lab.stored).map(({ state, gaps, changes }) => [state, gaps, changes.length])).toEqual([
    ["done", [], 1],
  ]);
  await lab.undo();
  expect(picture(lab.root)).toEqual(before);
});

test("a person's edits after the turn are not shown as the turn's", async () => {
  const names = ["written.txt", "made.txt", "saved.txt", "chmod.sh", "twice.txt"];
  using lab = openLab(Object.fromEntries(names.filter((name) => name !== "made.txt").map((name) => [name, "old\n"])));
  await lab.command((c, r) => {
    for (const name of names) if (name !== "chmod.sh") c.write(join(r, name), "turn\n");
    c.chmod(join(r, "chmod.sh"), 0o755);
    c.mkdir(join(r, "new"));
    c.write(join(r, "new/in.txt"), "turn\n");
    c.write(join(r, "new/kept.txt"), "turn\n");
  });
  for (const name of ["written.txt", "made.txt", "chmod.sh", "new/in.txt"])
    fs.appendFileSync(join(lab.root, name), "person\n");
  fs.rmSync(join(lab.root, "saved.txt"));
  fs.writeFileSync(join(lab.root, "saved.txt"), "person\n");
  await lab.command((c, r) => c.write(join(r, "twice.txt"), "later\n"));
  const diffs = await diffTurn(lab.stored, "1");
  if (!diffs.ok) throw new Error(diffs.message);
  expect(JSON.stringify(diffs.value)).not.toContain("person");
  const lost = ["changed since; what the turn left is not kept"];
  const of = (name: string) => diffs.value.find(({ path }) => path === join(lab.root, name));
  for (const name of ["written.txt", "made.txt", "saved.txt", "new/in.txt"])
    expect(of(name)).toEqual({ path: join(lab.root, name), notes: lost });
  expect(of("chmod.sh")?.notes).toEqual(["mode 644 → 755"]);
  expect(of("new/kept.txt")?.diff).toContain("+turn\n");
  expect(of("twice.txt")?.diff).toContain("-old\n+turn\n");
});

test("a turn that the end of moat cut off does not run", async () => {
  using lab = openLab({ "a.txt": "a\n" });
  const checkpoints = await lab.open();
  checkpoints.begin("turn");
  checkpoints.touch("call", [join(lab.root, "a.txt")]);
  fs.writeFileSync(join(lab.root, "a.txt"), "changed\n");
  expect(listTurns(lab.stored, true)).toMatchObject([{ state: "running" }]);
  expect(listTurns(lab.stored, false)).toMatchObject([{ state: "cut_off" }]);
  await lab.undo();
  expect(fs.readFileSync(join(lab.root, "a.txt"), "utf8")).toBe("a\n");
});

test("a command that changes something is named for it, though the one before it changed nothing and left it its directory", async () => {
  using lab = openLab({ a: "a\n" });
  const before = picture(lab.root);
  const checkpoints = await lab.open();
  checkpoints.begin("t");
  const run = async (call: string, work: (command: SimulatedCommand) => void) => {
    const plan = checkpoints.capture(call, "command");
    if (!plan) throw new Error("no capture");
    const command = new SimulatedCommand(plan);
    work(command);
    command.end();
    await checkpoints.sealed(call);
    return plan.directory;
  };
  const nothing = await run("nothing", () => {});
  const again = await run("again", () => {});
  const something = await run("something", (command) => command.write(join(lab.root, "a"), "other\n"));
  expect([again, something]).toEqual([nothing, nothing]);
  await checkpoints.settle();
  expect((await checkpoints.close()).changes.map(({ call_id }) => call_id)).toEqual(["something"]);
  await lab.undo();
  expect(picture(lab.root)).toEqual(before);
});
