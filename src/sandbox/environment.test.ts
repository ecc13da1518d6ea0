import { describe, expect, test } from "bun:test";
import { commandEnvironment, type EnvironmentInput, type ShellEnvironmentPolicy } from "./environment.ts";

const defaults: ShellEnvironmentPolicy = {
  inherit: "all",
  ignore_default_excludes: false,
  exclude: [],
  set: {},
  include_only: [],
};

function build(changes: Partial<EnvironmentInput>, policy: Partial<ShellEnvironmentPolicy> = {}) {
  return commandEnvironment({
    env: {},
    provider_key_names: ["OPENAI_API_KEY"],
    holdsKey: () => false,
    thread_id: "t1",
    network: "none",
    tier: "ns",
    ...changes,
    policy: { ...defaults, ...policy },
  });
}

describe("what is inherited", () => {
  const env = {
    HOME: "/home/u",
    EDITOR: "vi",
    AWS_SECRET_ACCESS_KEY: "a",
    My_Token: "b",
    DB_PASSWORD: "c",
    BUN_BE_BUN: "1",
    NODE_OPTIONS: "--require /x",
    LD_PRELOAD: "/x.so",
    DYLD_INSERT_LIBRARIES: "/x",
    UNSET: undefined,
  };

  test("neither secrets nor what changes how programs are loaded", () => {
    const result = build({ env });
    expect(result).toMatchObject({ HOME: "/home/u", EDITOR: "vi" });
    const gone = Object.keys(env).filter((name) => !["HOME", "EDITOR"].includes(name));
    expect(Object.keys(result).filter((name) => gone.includes(name))).toEqual([]);
  });

  test("secrets when the user says so, loaders never", () => {
    const result = build({ env }, { ignore_default_excludes: true });
    expect(result).toMatchObject({ AWS_SECRET_ACCESS_KEY: "a", My_Token: "b", DB_PASSWORD: "c" });
    expect(result.LD_PRELOAD).toBeUndefined();
    expect(result.BUN_BE_BUN).toBeUndefined();
  });

  test("git's settings as a whole, or not at all when one of them may hold a credential", () => {
    const git = (key: string) => ({ GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: key, GIT_CONFIG_VALUE_0: "*" });
    expect(build({ env: git("safe.directory") })).toMatchObject(git("safe.directory"));
    for (const key of ["http.https://example.org/.extraHeader", "http.extraheader", "credential.helper"]) {
      expect(Object.keys(build({ env: git(key) })).filter((name) => name.startsWith("GIT_"))).toEqual(["GIT_PAGER"]);
    }
    expect(build({ env: git("credential.helper") }, { ignore_default_excludes: true })).toMatchObject(
      git("credential.helper"),
    );
  });

  test("a provider's key never, under no name", () => {
    const env = { OPENAI_API_KEY: "sk-12345678", COPY: "Bearer sk-12345678", LLM: "short", WORD: "short" };
    const holdsKey = (value: string) => value.includes("sk-12345678");
    const names = ["OPENAI_API_KEY", "LLM"];
    const result = build({ env, provider_key_names: names, holdsKey }, { ignore_default_excludes: true });
    expect(result.OPENAI_API_KEY ?? result.LLM ?? result.COPY).toBeUndefined();
    expect(result.WORD).toBe("short");
    const git = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "user.name", GIT_CONFIG_VALUE_0: "sk-12345678" };
    const kept = build({ env: git, holdsKey }, { ignore_default_excludes: true });
    expect(Object.keys(kept).filter((name) => name.startsWith("GIT_CONFIG"))).toEqual([]);
  });

  test("core, none, exclude, set and include_only", () => {
    expect(build({ env }, { inherit: "core" }).EDITOR).toBeUndefined();
    expect(build({ env }, { inherit: "core" }).HOME).toBe("/home/u");
    expect(build({ env }, { inherit: "none" }).HOME).toBeUndefined();
    expect(build({ env }, { exclude: ["edit*"] }).EDITOR).toBeUndefined();
    expect(build({ env }, { exclude: ["EDIT"] }).EDITOR).toBe("vi");
    expect(build({ env }, { set: { TERM: "xterm", API_KEY: "mine" } })).toMatchObject({
      TERM: "xterm",
      API_KEY: "mine",
    });
    const only = build({ env }, { include_only: ["H?ME"], set: { OTHER: "1" } });
    expect(only).toMatchObject({ HOME: "/home/u", MOAT_SANDBOX: "ns" });
    expect(only.EDITOR ?? only.OTHER).toBeUndefined();
  });

  test("pattern characters of regular expressions are plain", () => {
    expect(build({ env: { "A.B": "1", AXB: "2" } }, { exclude: ["a.b"] })).toMatchObject({ AXB: "2" });
  });
});

describe("what is added", () => {
  test("plain output, and the facts about the sandbox", () => {
    expect(build({ env: { TERM: "xterm-256color", LANG: "de_DE.UTF-8" } })).toEqual({
      NO_COLOR: "1",
      TERM: "dumb",
      PAGER: "cat",
      GIT_PAGER: "cat",
      GH_PAGER: "cat",
      LANG: "C.UTF-8",
      LC_CTYPE: "C.UTF-8",
      LC_ALL: "C.UTF-8",
      CODEX_CI: "1",
      CODEX_THREAD_ID: "t1",
      MOAT_THREAD_ID: "t1",
      MOAT_SANDBOX: "ns",
      MOAT_SANDBOX_NETWORK: "none",
      CODEX_SANDBOX_NETWORK_DISABLED: "1",
    });
  });

  test("a person's terminal stays as it is", () => {
    const result = build({ env: { TERM: "xterm" }, display: "terminal" });
    expect(result.TERM).toBe("xterm");
    expect(result.NO_COLOR).toBeUndefined();
  });

  test("an open network is not called closed, not even by an inherited variable", () => {
    const result = build({ network: "full", thread_id: null });
    expect(result.CODEX_SANDBOX_NETWORK_DISABLED).toBeUndefined();
    expect(result.CODEX_THREAD_ID).toBeUndefined();
    expect(build({ env: { MOAT_SANDBOX: "none" } }, { set: { MOAT_SANDBOX: "none" } }).MOAT_SANDBOX).toBe("ns");
    const env = { CODEX_SANDBOX_NETWORK_DISABLED: "1" };
    expect(build({ env, network: "full" }).CODEX_SANDBOX_NETWORK_DISABLED).toBeUndefined();
    expect(build({ network: { hosts: ["a.example"] } }).MOAT_SANDBOX_NETWORK).toBe("proxy");
  });

  test("a private temporary directory and caches, which `set` overrides", () => {
    const result = build(
      { env: { TMPDIR: "/tmp" }, tmpdir: "/private", caches: { GOCACHE: "/c/go", PIP_CACHE_DIR: "/c/pip" } },
      { set: { PIP_CACHE_DIR: "/mine" } },
    );
    expect(result).toMatchObject({ TMPDIR: "/private", TMP: "/private", GOCACHE: "/c/go", PIP_CACHE_DIR: "/mine" });
  });

  test("PATH never leads to the working directory", () => {
    expect(build({ env: { PATH: ":/usr/bin:.:./:/bin::node_modules/.bin:../x" } }).PATH).toBe("/usr/bin:/bin");
    expect(build({ env: { PATH: "node_modules/.bin" } }).PATH).toBe("/usr/bin:/bin");
  });
});
