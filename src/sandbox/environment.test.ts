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

  test("of each kind of name, what stays under which policy", () => {
    const secrets = "MY_KEY_X A_SECRET_B TOKENS DBPASSWORD PASSWD_FILE MY_CREDENTIALS key".split(" ");
    const never = "BUN_X NODE_OPTIONS NODE_CHANNEL_FD LD_X DYLD_X MOAT_SANDBOX_X CODEX_SANDBOX_X bun_x".split(" ");
    const core = "HOME LOGNAME PATH SHELL USER USERNAME TMPDIR TEMP TMP".split(" ");
    const plain = "EDITOR NODE_OPTIONS_X NODE_PATH XBUN_ X_LD_ MOAT_HOME CODEX_HOME PASS home".split(" ");
    const env = Object.fromEntries([...secrets, ...never, ...core, ...plain].map((name) => [name, "/x"]));
    const kept = (policy: Partial<ShellEnvironmentPolicy>) => {
      const added = Object.keys(build({ env: {} }));
      return Object.keys(build({ env }, policy)).filter((name) => !added.includes(name));
    };
    expect(kept({})).toEqual([...core, ...plain]);
    expect(kept({ ignore_default_excludes: true })).toEqual([...secrets, ...core, ...plain]);
    expect(kept({ inherit: "core" })).toEqual(core);
    expect(kept({ inherit: "none" })).toEqual([]);
  });

  test("git's settings by their own names alone", () => {
    const others = {
      XGIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0X: "1",
      GIT_CONFIG_VALUE_10: "v",
      GIT_CONFIG_KEY_10: "a.b",
    };
    expect(build({ env: others }, { exclude: ["GIT_CONFIG_KEY_0X"] })).toMatchObject({ GIT_CONFIG_VALUE_10: "v" });
    expect(build({ env: others })).toMatchObject({ XGIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_10: "a.b" });
    expect(build({ env: others }).GIT_CONFIG_KEY_0X).toBeUndefined();
    const only = build({ env: { GIT_CONFIG_COUNT: "0" } }, { inherit: "core" });
    expect(only.GIT_CONFIG_COUNT).toBeUndefined();
  });

  test("a setting of git is a credential by its key, not by what it says", () => {
    const git = (key: string, value: string) => ({
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: key,
      GIT_CONFIG_VALUE_0: value,
    });
    const stays = (key: string, value = "x") => build({ env: git(key, value) }).GIT_CONFIG_COUNT === "1";
    expect(
      ["http.extraHeader", "credential.helper", "url.x.insteadOf", "HTTP.a.EXTRAHEADER"].filter((key) => stays(key)),
    ).toEqual([]);
    expect(
      ["http.extraHeaders", "xhttp.extraHeader", "xurl.a", "credentials.x", "mycredential.x"].filter(
        (key) => !stays(key),
      ),
    ).toEqual([]);
    expect(stays("safe.directory", "url.x")).toBe(true);
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

  test("a pattern is for the whole name, and what it says of some holds for them alone", () => {
    const env = { ABC: "1", XABC: "2", ABCX: "3", "A\nC": "4" };
    expect(Object.keys(build({ env, network: "full" }, { include_only: ["a?c"] })).slice(0, 2)).toEqual([
      "ABC",
      "A\nC",
    ]);
    expect(build({ env }, { include_only: ["NO_*"] }).NO_COLOR).toBe("1");
    expect(build({ env }, { include_only: ["ABC"], set: { ABC: "own", B: "2" } })).toMatchObject({ ABC: "own" });
    expect(build({ env: {} }, { include_only: ["ABC"], set: { B: "2" } }).B).toBeUndefined();
  });

  test("pattern characters of regular expressions are plain", () => {
    const dotted = build({ env: { "A.B": "1", AXB: "2" } }, { exclude: ["a.b"] });
    expect([dotted["A.B"], dotted.AXB]).toEqual([undefined, "2"]);
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
      npm_config_fetch_retries: "0",
      pnpm_config_fetch_retries: "0",
      YARN_HTTP_RETRY: "0",
      PIP_RETRIES: "0",
      CARGO_NET_RETRY: "0",
    });
  });

  test("no patience where there is no network, unless a person wants it", () => {
    expect(build({ network: "full" }).npm_config_fetch_retries).toBeUndefined();
    expect(build({ env: { npm_config_fetch_retries: "7" } }).npm_config_fetch_retries).toBe("7");
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

  test("options that lead a tool are added to the user's, where there is no layer over the home directory", () => {
    const caches = { MAVEN_OPTS: "-Dmaven.repo.local=/c/m2" };
    expect(build({ tier: "landlock", caches }).MAVEN_OPTS).toBe("-Dmaven.repo.local=/c/m2");
    const env = { MAVEN_OPTS: "-Xmx1g" };
    expect(build({ tier: "landlock", env, caches }).MAVEN_OPTS).toBe("-Xmx1g -Dmaven.repo.local=/c/m2");
    expect(build({ tier: "landlock", env, caches }, { set: { MAVEN_OPTS: "mine" } }).MAVEN_OPTS).toBe("mine");
    expect(build({ tier: "ns", env, caches }).MAVEN_OPTS).toBe("-Xmx1g");
  });

  test("what Seatbelt says of itself, where that is what confines", () => {
    expect(build({ tier: "seatbelt" })).toMatchObject({ CODEX_SANDBOX: "seatbelt", MOAT_SANDBOX: "seatbelt" });
    expect(build({ tier: "ns" }).CODEX_SANDBOX).toBeUndefined();
    expect(build({ network: "full" }).MOAT_SANDBOX_NETWORK).toBe("full");
    expect(build({ network: { hosts: [] } }).CODEX_SANDBOX_NETWORK_DISABLED).toBeUndefined();
    expect(build({ env: { TMPDIR: "/t" }, tmpdir: null })).toMatchObject({ TMPDIR: "/t" });
    expect(build({ tmpdir: "/private" })).toMatchObject({ TMPDIR: "/private", TMP: "/private", TEMP: "/private" });
  });

  test("PATH never leads to the working directory", () => {
    expect(build({ env: { PATH: ":/usr/bin:.:./:/bin::node_modules/.bin:../x" } }).PATH).toBe("/usr/bin:/bin");
    expect(build({ env: { PATH: "node_modules/.bin" } }).PATH).toBe("/usr/bin:/bin");
  });
});
