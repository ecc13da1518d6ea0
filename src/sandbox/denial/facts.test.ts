import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tempProject } from "../../testkit/index.ts";
import { isKernelPlace, systemFacts } from "./facts.ts";

const place = tempProject({ "open/file": "", "closed/file": "", mine: "", others: "", group: "" });
afterAll(() => place.remove());
const facts = systemFacts();
const uid = process.getuid?.() ?? 0;

describe("what the user could write", () => {
  const could = (name: string) => facts.couldWrite(place.path(name));

  test("goes by the mode, also for root, whom the sandbox leaves no privileges", () => {
    expect(could("mine")).toBe(true);
    chmodSync(place.path("mine"), 0o466);
    expect(could("mine")).toBe(false);
    chmodSync(place.path("mine"), 0o200);
    expect(could("mine")).toBe(true);
  });

  test("goes by the directory above for what is yet to be made", () => {
    expect(could("open/new")).toBe(true);
    expect(could("open/new/deeper/still")).toBe(true);
    chmodSync(place.path("closed"), 0o555);
    expect(could("closed/new")).toBe(false);
    expect(could("closed/file")).toBe(true);
    expect(facts.couldWrite("/proc/none/x")).toBe(false);
  });

  test.skipIf(uid !== 0)("of others: as their group, when one is a member, or else as anybody", () => {
    const owned = (name: string, gid: number, mode: number) => {
      chownSync(place.path(name), 12_345, gid);
      chmodSync(place.path(name), mode);
      return could(name);
    };
    const own = process.getgid?.() ?? 0;
    expect(owned("others", 54_321, 0o662)).toBe(true);
    expect(owned("others", 54_321, 0o660)).toBe(false);
    expect(owned("group", own, 0o620)).toBe(true);
    expect(owned("group", own, 0o602)).toBe(false);
  });
});

test("what lies at a path, through links", () => {
  symlinkSync(place.path("open"), place.path("link"));
  symlinkSync(place.path("nowhere"), place.path("dangling"));
  const all = (name: string) => {
    const path = place.path(name);
    return [facts.exists(path), facts.isDirectory(path), facts.isSocket(path)];
  };
  expect(all("open")).toEqual([true, true, false]);
  expect(all("link")).toEqual([true, true, false]);
  expect(all("open/file")).toEqual([true, false, false]);
  expect(all("dangling")).toEqual([false, false, false]);
});

/** Listens; null when something else does. */
function listening(where: string | number): Promise<Server | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(null)).listen(where, () => resolve(server));
  });
}
const closed = (server: Server | null) => new Promise((resolve) => server?.close(resolve));

test("a socket", async () => {
  const path = place.path("socket");
  const server = await listening(path);
  expect(facts.isSocket(path)).toBe(true);
  await closed(server);
  expect(facts.isSocket(path)).toBe(false);
});

test("a port that something listens on, also one of few digits", async () => {
  for (const first of [40_000, 2_000]) {
    let port = first;
    let server = await listening(port);
    while (server === null) server = await listening(++port);
    expect(facts.listens(port)).toBe(true);
    await closed(server);
    expect(facts.listens(port)).toBe(false);
  }
});

test("who is asked", () => {
  expect(facts.is_root).toBe(uid === 0);
});

test("the kernel's own places", () => {
  for (const path of ["/proc/1/status", "/sys", "/dev/null"]) expect(isKernelPlace(path)).toBe(true);
  for (const path of ["/process", "/opt/dev", "/"]) expect(isKernelPlace(path)).toBe(false);
});
