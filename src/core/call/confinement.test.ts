import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { AS_MODE, type Permit } from "../../policy/index.ts";
import { type TempProject, tempProject } from "../../testkit/index.ts";
import { type ConfinedThread, confine, holdPlaces, keepPlace, knownRepositories } from "./confinement.ts";

const made: TempProject[] = [];
afterAll(() => {
  for (const space of made) space.remove();
});

/** A thread in `work`, with a home and places beside it. */
function thread(settings: object = {}, write: object = {}) {
  const space = tempProject({ "work/a": "", "home/.npmrc": "", "out/a": "", "tmp/a": "" });
  made.push(space);
  const state = {
    permissions: { places: new Map<string, string>(), rules: { prefix: [] } },
    settings: {
      cwd: space.path("work"),
      sandbox_mode: "workspace-write",
      sandbox_workspace_write: {
        writable_roots: [],
        hidden_paths: [],
        network_access: false,
        exclude_slash_tmp: true,
        exclude_tmpdir_env_var: false,
        ...write,
      },
      ...settings,
    },
    services: {
      home: space.path("home"),
      moat_home: space.path("home/.moat"),
      env: { TMPDIR: space.path("tmp") },
      key_files: [],
      held: [],
      date: () => new Date(),
    },
  } as unknown as ConfinedThread;
  const path = (name: string) => space.path(name);
  return { state, path };
}

describe("a permit comes to", () => {
  test("what the mode says: the workspace, the temporary directory, private caches, no network", async () => {
    const { state, path } = thread();
    const { permit, policy, cache_env } = await confine(state, AS_MODE);
    expect(permit).toBe(AS_MODE);
    expect(policy).toMatchObject({ mode: "workspace-write", net: "none" });
    expect(policy.writable).toEqual(expect.arrayContaining([path("work"), path("tmp")]));
    expect(policy.writable.some((dir) => dir.startsWith(path("home/.cache/moat")))).toBe(true);
    expect(Object.values(cache_env).every((value) => value.includes(path("home/.cache/moat")))).toBe(true);
    expect(Object.keys(cache_env).length).toBeGreaterThan(0);
  });

  test("more directories and the network, where it opens them", async () => {
    const { state, path } = thread();
    const wider: Permit = { ...AS_MODE, extra_write: [path("out")], network: "full" };
    const { policy } = await confine(state, wider);
    expect([policy.writable.includes(path("out")), policy.net]).toEqual([true, "full"]);
    expect((await confine(state, AS_MODE)).policy.writable).not.toContain(path("out"));
  });

  test("the network, where the user's settings open it, also for the caches", async () => {
    const { state } = thread({}, { network_access: true });
    const open = await confine(state, AS_MODE);
    expect(open.policy.net).toBe("full");
    const { state: closed } = thread();
    const granted = await confine(closed, { ...AS_MODE, network: "full" });
    const names = (env: Record<string, string>) => Object.keys(env).sort();
    // Offline, tools are told that they are.
    expect(names(open.cache_env)).toEqual(names(granted.cache_env));
    expect(names((await confine(closed, AS_MODE)).cache_env)).not.toEqual(names(open.cache_env));
  });

  test("the submodules of other branches too, as far as they are there", async () => {
    const { state, path } = thread();
    mkdirSync(path("work/module/.git"), { recursive: true });
    const { linked } = knownRepositories(state);
    for (const name of ["work/module/.git", "work/gone/.git"]) linked.add(path(name));
    const { policy } = await confine(state, AS_MODE);
    expect(policy.protected).toContain(path("work/module/.git"));
    expect(policy.protected).not.toContain(path("work/gone/.git"));
  });

  test("no sandbox, and then no private caches", async () => {
    const { state } = thread();
    const { policy, cache_env } = await confine(state, { ...AS_MODE, sandboxed: false, network: "full" });
    expect([policy.mode, cache_env]).toEqual(["danger-full-access", {}]);
  });

  test("nothing that is written, and then no private caches", async () => {
    const { state } = thread({ sandbox_mode: "read-only" });
    const { policy, cache_env } = await confine(state, AS_MODE);
    expect([policy.mode, policy.writable, cache_env]).toEqual(["read-only", [], {}]);
  });

  test("the end of the turn, where a writable root is none", async () => {
    const { state, path } = thread({}, { writable_roots: ["/proc/nowhere/at/all"] });
    writeFileSync(path("work/file"), "");
    await expect(confine(state, AS_MODE)).rejects.toMatchObject({
      failure: {
        kind: "sandbox_unavailable",
        message: expect.stringContaining("/proc/nowhere/at/all"),
        retryable: false,
      },
    });
  });
});

describe("a directory is held to the place where it was first looked at", () => {
  function replaced(path: string, by: string): void {
    renameSync(path, `${path}.old`);
    symlinkSync(by, path);
  }

  test("whoever named it: the workspace, a writable root, a permit, TMPDIR", () => {
    for (const name of ["work", "root", "out", "tmp"]) {
      const { state, path } = thread({}, { writable_roots: ["../root"] });
      mkdirSync(path("root"));
      const permit = { ...AS_MODE, extra_write: [path("out")] };
      holdPlaces(state, permit);
      holdPlaces(state, permit);
      mkdirSync(path("elsewhere"));
      replaced(path(name), path("elsewhere"));
      expect(() => holdPlaces(state, permit)).toThrow(
        `${path(name)} led to ${path(name)} when the thread began and leads to ${path("elsewhere")} now`,
      );
    }
  });

  test("by its path from home, where it is written so", () => {
    const { state, path } = thread();
    mkdirSync(path("home/notes"));
    keepPlace(state, "~/notes");
    expect([...state.permissions.places]).toEqual([[path("home/notes"), path("home/notes")]]);
    keepPlace(state, "~notes");
    expect(state.permissions.places.size).toBe(1);
  });

  test("but not before it is there", () => {
    const { state, path } = thread();
    keepPlace(state, path("later"));
    symlinkSync(path("out"), path("later"));
    keepPlace(state, path("later"));
    expect([...state.permissions.places]).toEqual([[path("later"), path("out")]]);
  });
});
