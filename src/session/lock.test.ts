import { describe, expect, spyOn, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { linesOf } from "../testkit/index.ts";
import { raceForLock, startChild } from "./children.suite.ts";
import { acquireLock, isLocked, LockedError } from "./lock.ts";
import { numbered, opening, sampleTurn, tempHome } from "./sample.suite.ts";

/** Every round is another chance for two to get it. */
const ROUNDS = process.env.MOAT_TEST_FULL === "1" ? 60 : 5;

describe("lock", () => {
  test("a second process is told who holds it", async () => {
    using home = tempHome();
    const path = `${home.dir}/a.lock`;
    const child = startChild(raceForLock, [path]);
    const said = linesOf(child.stdout);
    await said.next();
    child.stdin.write("go\n");
    expect((await said.next()).value).toBe("taken");
    expect(() => acquireLock(path)).toThrow(
      `the thread is in use by process ${child.pid}; end it first, or fork the thread`,
    );
    expect(isLocked(path)).toBe(true);
    child.kill("SIGKILL");
    await child.exited;
    expect(isLocked(path)).toBe(false);
    const lock = acquireLock(path);
    expect(isLocked(path)).toBe(true);
    expect(() => acquireLock(path)).toThrow(`in use by process ${process.pid}`);
    expect(readdirSync(home.dir).length).toBe(1);
    lock.release();
    expect(readdirSync(home.dir)).toEqual([]);
  });

  /** The words of our own lock file: pid, start time, boot, PID namespace. */
  function ownWords(path: string): string[] {
    const lock = acquireLock(path);
    const [name = ""] = readdirSync(dirname(path));
    const words = readFileSync(join(dirname(path), name), "utf8").split(" ");
    lock.release();
    return words;
  }

  test("a number that was given to another process does not count, nor one from before a restart, nor rubbish", () => {
    using home = tempHome();
    const path = `${home.dir}/a.lock`;
    const [pid, , boot, namespace] = ownWords(path);
    const rubbish = ["999999999 1", "", "\0\0", `x5 1 ${boot} pid:[1]`, `5x 1 ${boot} pid:[1]`];
    for (const stale of [`${pid} 1 ${boot} ${namespace}`, `${pid} 1 before ${namespace}`, ...rubbish]) {
      writeFileSync(`${path}.stale`, stale);
      expect(isLocked(path)).toBe(false);
      writeFileSync(`${path}.stale`, stale);
      acquireLock(path).release();
      expect(readdirSync(home.dir)).toEqual([]);
    }
  });

  test("the file of a holder says which process it is, of which boot and container", () => {
    using home = tempHome();
    const [pid, started, boot, namespace] = ownWords(`${home.dir}/a.lock`);
    expect(pid).toBe(String(process.pid));
    if (process.platform !== "linux") return;
    const stat = readFileSync("/proc/self/stat", "utf8");
    expect(started).toBe(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    expect(boot).toBe(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
    expect(namespace).toBe(readlinkSync("/proc/self/ns/pid"));
  });

  test("a lock that was released, or whose file is gone, can be released", () => {
    using home = tempHome();
    const lock = acquireLock(`${home.dir}/a.lock`);
    lock.release();
    lock.release();
    expect(isLocked(`${home.dir}/a.lock`)).toBe(false);
  });

  test("where the system does not tell when a process started, it counts as long as it lives", async () => {
    using home = tempHome();
    const path = `${home.dir}/a.lock`;
    const { platform } = process;
    Object.defineProperty(process, "platform", { value: "darwin" });
    try {
      const [, started, boot, namespace] = ownWords(path);
      expect(started).toBe("");
      const other = Bun.spawn(["sleep", "600"], { stdio: ["ignore", "ignore", "ignore"] });
      writeFileSync(`${path}.other`, `${other.pid}  ${boot} ${namespace}`);
      expect(isLocked(path)).toBe(true);
      other.kill("SIGKILL");
      await other.exited;
      expect(isLocked(path)).toBe(false);
    } finally {
      Object.defineProperty(process, "platform", { value: platform });
    }
  });

  test("who arrives at the same moment and stands behind withdraws; until then the first looks again, and not for ever", () => {
    using home = tempHome();
    const path = `${home.dir}/a.lock`;
    const [, started, boot] = ownWords(path);
    // Of another container, so that it counts as living.
    const other = `${path}.zzzzzzzzzzzzzz`;
    const arrives = () => writeFileSync(other, `1 ${started} ${boot} pid:[1]`);
    const looks = spyOn(Bun, "sleepSync").mockImplementation(() => {
      if (looks.mock.calls.length === 3) rmSync(other);
    });
    arrives();
    acquireLock(path).release();
    expect(looks).toHaveBeenCalledTimes(3);
    looks.mockReset();
    arrives();
    expect(() => acquireLock(path)).toThrow("in use by process 1 of another container");
    expect(looks).toHaveBeenCalledTimes(19);
    looks.mockRestore();
    expect(readdirSync(home.dir)).toEqual([basename(other)]);
  });

  test("a holder in another container cannot be checked, so it counts", () => {
    using home = tempHome();
    const path = `${home.dir}/a.lock`;
    const [pid, started, boot] = ownWords(path);
    writeFileSync(`${path}.other`, `${pid} ${started} ${boot} pid:[1]`);
    expect(() => acquireLock(path)).toThrow(
      `another container; end it first, or remove ${path}.other if that container is gone`,
    );
    expect(readdirSync(home.dir)).toEqual(["a.lock.other"]);
  });

  test("of many processes that find a stale lock, exactly one gets it", async () => {
    using home = tempHome();
    for (let round = 0; round < ROUNDS; round++) {
      const path = `${home.dir}/${round}.lock`;
      writeFileSync(`${path}.stale`, "999999999 1");
      const children = Array.from({ length: 6 }, () => startChild(raceForLock, [path]));
      const said = children.map((child) => linesOf(child.stdout));
      await Promise.all(said.map((lines) => lines.next()));
      for (const child of children) void child.stdin.write("go\n");
      for (const child of children) void child.stdin.flush();
      const words = await Promise.all(said.map(async (lines) => (await lines.next()).value));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map((child) => child.exited));
      expect(words.toSorted()).toEqual([...Array(5).fill("LockedError"), "taken"]);
    }
  });

  test("two writers on one thread: the second one cannot write", () => {
    using home = tempHome();
    const [one, two] = [home.writer("t"), home.writer("t")];
    const [first, ...events] = numbered([...opening("t"), ...sampleTurn(0)]);
    if (first) one.append(first);
    expect(() => two.open()).toThrow(LockedError);
    for (const event of events) one.append(event);
    one.close();
    two.open();
    two.close();
  });
});
