// What a policy hides: credential stores, and what the configuration names.
import { afterAll, describe, expect, test } from "bun:test";
import { symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makePlaceIn } from "./place.suite.ts";

const { base, directory, policy, refusal, end } = makePlaceIn();
afterAll(end);

describe("hidden paths", () => {
  test("are resolved like others, in every confined mode, whether they exist or not", async () => {
    const [cwd, home] = [directory("hide"), directory("hide-home")];
    const secret = directory("hide", "secret");
    symlinkSync(secret, join(base, "hide-link"));
    for (const mode of ["workspace-write", "read-only"] as const) {
      const hidden_paths = ["none-yet", "~/notes", join(base, "hide-link", "deep")];
      const { hidden } = await policy(cwd, { home, mode, hidden_paths });
      expect(hidden).toEqual(expect.arrayContaining([`${cwd}/none-yet`, `${home}/notes`, `${secret}/deep`]));
    }
    expect((await policy(cwd, { home, mode: "danger-full-access", hidden_paths: ["x"] })).hidden).toEqual([]);
  });

  test("may not hold what commands work in", async () => {
    const cwd = directory("hide");
    for (const hidden_paths of [["."], ["/"], [base]]) expect(await refusal(cwd, { hidden_paths })).toContain(cwd);
    const granted = directory("granted-inside", "deep");
    expect(await refusal(cwd, { writable_roots: [granted], hidden_paths: [dirname(granted)] })).toContain(granted);
  });

  test("and protected ones of a flag are found behind a link", async () => {
    const cwd = directory("behind");
    symlinkSync(cwd, join(base, "behind-link"));
    const { protected: places } = await policy(join(base, "behind-link"), { extra_protect: ["keep", "~/x"] });
    expect(places).toContain(join(cwd, "keep"));
  });
});

describe("credential stores", () => {
  test("are hidden at their real place, also those that do not exist yet", async () => {
    const home = directory("keys");
    directory("keys", ".aws");
    directory("elsewhere");
    symlinkSync(join(base, "elsewhere"), join(home, ".ssh"));
    const moat_home = directory("keys", ".moat");
    writeFileSync(join(moat_home, "auth.json"), "{}");
    const { hidden } = await policy(directory("plain"), { home, moat_home });
    for (const path of [
      join(base, "elsewhere"),
      join(home, ".aws"),
      join(moat_home, "auth.json"),
      join(home, ".netrc"),
    ])
      expect(hidden).toContain(path);
    expect(hidden).not.toContain(join(home, ".ssh"));
  });

  test("a .npmrc is one when it holds a secret", async () => {
    const home = directory("npmhome");
    const hides = async () => (await policy(directory("plain"), { home })).hidden.includes(join(home, ".npmrc"));
    // What it will hold cannot be known.
    expect(await hides()).toBe(true);
    writeFileSync(join(home, ".npmrc"), "registry=https://registry.example.com/\n");
    expect(await hides()).toBe(false);
    for (const secret of ["//r.example.com/:_authToken=x", "_password=x", "proxy=http://u:p@h"]) {
      writeFileSync(join(home, ".npmrc"), secret);
      expect(await hides()).toBe(true);
    }
  });

  test("a store that is the workspace was chosen by name", async () => {
    const home = directory("keys2");
    const cwd = directory("keys2", ".aws", "tool");
    const { hidden } = await policy(cwd, { home });
    expect(hidden.filter((path) => cwd.startsWith(path))).toEqual([]);
    expect(hidden).toContain(join(home, ".ssh"));
  });
});
