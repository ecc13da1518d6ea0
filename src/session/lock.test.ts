import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { raceForLock, startChild } from "./children.suite.ts";
import { acquireLock, isLocked, LockedError } from "./lock.ts";
import { numbered, opening, tempHome, turn } from "./sample.suite.ts";

describe("lock", () => {
  test("a second process is told who holds it", async () => {
    using home = tempHome();
    const path = `${home.dir}/a.lock`;
    const child = startChild(raceForLock, [path, 0]);
    const reader = child.stdout.getReader();
    await reader.read();
    expect(() => acquireLock(path)).toThrow(
      `the thread is in use by process ${child.pid}; end it first, or fork the thread`,
    );
    expect(isLocked(path)).toBe(true);
    child.kill("SIGKILL");
    await child.exited;
    expect(isLocked(path)).toBe(false);
    const lock = acquireLock(path);
    expect(readFileSync(path, "utf8")).toStartWith(`${process.pid} `);
    lock.release();
    expect(existsSync(path)).toBe(false);
  });

  test("a number that was given to another process does not count, nor one from before a restart", () => {
    using home = tempHome();
    const path = `${home.dir}/a.lock`;
    acquireLock(path);
    const [pid, , boot, namespace] = readFileSync(path, "utf8").split(" ");
    for (const stale of [
      [pid, "1", boot, namespace],
      [pid, "1", "another-boot", namespace],
      ["", "", "", ""],
    ]) {
      writeFileSync(path, stale.join(" "));
      expect(isLocked(path)).toBe(false);
      acquireLock(path);
      expect(isLocked(path)).toBe(true);
    }
  });

  test("a holder in another container cannot be checked, so it counts", () => {
    using home = tempHome();
    const path = `${home.dir}/a.lock`;
    acquireLock(path);
    const [pid, started, boot] = readFileSync(path, "utf8").split(" ");
    writeFileSync(path, `${pid} ${started} ${boot} pid:[1]`);
    expect(() => acquireLock(path)).toThrow(
      /another container; end it first, or remove .*a\.lock if that container is gone/,
    );
  });

  test("of many processes that find a stale lock, exactly one gets it", async () => {
    using home = tempHome();
    for (let round = 0; round < 5; round++) {
      const path = `${home.dir}/${round}.lock`;
      writeFileSync(path, "999999999 1");
      const start = Date.now() + 400;
      const children = Array.from({ length: 6 }, () => startChild(raceForLock, [path, start]));
      const said = await Promise.all(children.map(async (child) => (await child.stdout.getReader().read()).value));
      const words = said.map((bytes) =>
        Buffer.from(bytes ?? [])
          .toString()
          .trim(),
      );
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map((child) => child.exited));
      expect(words.toSorted()).toEqual([...Array(5).fill("LockedError"), "taken"]);
    }
    expect(readdirSync(home.dir).filter((name) => !name.endsWith(".lock"))).toEqual([]);
  }, 30_000);

  test("two writers on one thread: the second one cannot write", () => {
    using home = tempHome();
    const [one, two] = [home.writer("t"), home.writer("t")];
    const [first, ...events] = numbered([...opening("t"), ...turn(0)]);
    if (first) one.append(first);
    expect(() => two.open()).toThrow(LockedError);
    for (const event of events) one.append(event);
    one.close();
    two.open();
    two.close();
  });
});
