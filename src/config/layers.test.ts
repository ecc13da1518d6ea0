import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { restrict } from "./enforce.ts";
import { Fixture } from "./fixture.ts";
import type { LoadInput } from "./load-input.ts";
import { mergeLayers } from "./merge.ts";
import { hostAllowed } from "./requirements.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.remove());

/** Every layer that can set a key, weakest first: the file that holds it, else how it is set. */
const LAYERS: { layer: string; file: string | null; input: (value: string) => Partial<LoadInput> }[] = [
  { layer: "environment", file: null, input: (v) => ({ env: { OPENAI_DEFAULT_MODEL: v } }) },
  { layer: "user", file: ".moat/config.toml", input: () => ({}) },
  { layer: "profile", file: ".moat/p.config.toml", input: () => ({ profile: "p" }) },
  { layer: "project", file: "work/.codex/config.toml", input: () => ({ trust: true }) },
  { layer: "project", file: "work/.moat/config.toml", input: () => ({ trust: true }) },
  { layer: "project", file: "work/deep/.moat/config.toml", input: () => ({ cwd: join(fixture.project, "deep") }) },
  { layer: "flag", file: null, input: (v) => ({ overrides: [`model=${v}`] }) },
];

/** Sets `key` to a value in one layer. */
function set({ file, input }: (typeof LAYERS)[number], key: string, value: string): Partial<LoadInput> {
  if (file !== null) fixture.write(file, `${key} = "${value}"\n`);
  return input(value);
}

describe("one key in every layer", () => {
  for (const [top, { layer, file }] of LAYERS.entries()) {
    test(`${layer} ${file ?? ""} beats what is below it`, async () => {
      const inputs = LAYERS.slice(0, top + 1).map((each, i) => set(each, "model", `m${i}`));
      const { config, origins } = await fixture.loaded(Object.assign({}, ...inputs));
      expect(config.model).toBe(`m${top}`);
      expect(origins.get("model")).toEqual({ layer: layer as never, file: file && join(fixture.home, file) });
    });

    if (layer === "environment") continue;
    test(`requirements beat ${layer} ${file ?? ""}`, async () => {
      writeFileSync(join(fixture.root, "requirements.toml"), 'allowed_model_providers = ["openai"]\n');
      const each = LAYERS[top] ?? LAYERS[0];
      const input = each === undefined ? {} : set(each, "model_provider", "evil");
      const overrides = (input.overrides ?? []).map((o) => String(o).replace("model=", "model_provider="));
      const [error] = await fixture.errors({ ...input, overrides, trust: true });
      expect(error?.message).toContain('model_provider = "evil" is not allowed here');
      expect(error?.message).toContain("requirements.toml says allowed_model_providers");
    });
  }

  test("tables are merged key by key, lists are replaced, hooks and hidden paths are joined", () => {
    const layer = (name: "user" | "project", entries: [string, unknown][]) => ({
      origin: { layer: name, file: null },
      entries: entries.map(([key, value]) => ({ keys: key.split("."), value })),
    });
    const merged = mergeLayers([
      layer("user", [
        ["set.a", 1],
        ["set.b", 1],
        ["list", [1]],
        ["hooks.Stop", ["u"]],
        ["sandbox_workspace_write.hidden_paths", ["/u"]],
      ]),
      layer("project", [
        ["set.b", 2],
        ["list", [2]],
        ["hooks.Stop", ["p"]],
        ["sandbox_workspace_write.hidden_paths", ["/p"]],
      ]),
    ]);
    expect([...merged].map(([key, { value }]) => [key, value])).toEqual([
      ["set.a", 1],
      ["set.b", 2],
      ["list", [2]],
      ["hooks.Stop", ["u", "p"]],
      ["sandbox_workspace_write.hidden_paths", ["/u", "/p"]],
    ]);
  });
});

describe("requirements", () => {
  const rules = (text: string) => writeFileSync(join(fixture.root, "requirements.toml"), text);

  /** Rule, what is asked for, the value that is used. */
  const CASES: [string, string, string, unknown][] = [
    [
      'allowed_sandbox_modes = ["read-only", "workspace-write"]',
      "sandbox_mode=danger-full-access",
      "sandbox_mode",
      "read-only",
    ],
    ['allowed_sandbox_modes = ["workspace-write"]', "sandbox_mode=read-only", "sandbox_mode", "workspace-write"],
    ['allowed_approval_policies = ["on-request"]', "approval_policy=never", "approval_policy", "on-request"],
    ['allowed_approval_policies = ["untrusted"]', "approval_policy={rules=true}", "approval_policy", "untrusted"],
    ["allowed_web_search_modes = []", "web_search=live", "web_search", "disabled"],
    [
      "allow_network_access = false",
      "sandbox_workspace_write.network_access=true",
      "sandbox_workspace_write.network_access",
      false,
    ],
  ];
  for (const [rule, override, key, used] of CASES) {
    test(`${rule} against -c ${override}`, async () => {
      rules(`# rules\n${rule}\n`);
      const { config, warnings, origins } = await fixture.loaded({ overrides: [override] });
      let value: unknown = config;
      for (const part of key.split(".")) value = (value as Record<string, unknown>)[part];
      expect(value).toBe(used);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain(rule.split(" ")[0] ?? "");
      expect(origins.get(key)?.layer).toBe("requirements");
    });
    test(`${rule} against a trusted project file`, async () => {
      rules(rule);
      const [name, value] = override.split(/=(.*)/s);
      fixture.write("work/.moat/config.toml", `${name} = ${/^[[{tf]/.test(value ?? "") ? value : `"${value}"`}`);
      const { warnings } = await fixture.loaded({ trust: true });
      expect(warnings.some((w) => w.includes("requirements.toml says"))).toBe(true);
    });
  }

  test("values that do not come from the configuration are judged by restrict", async () => {
    rules('allowed_sandbox_modes = ["read-only"]');
    const { requirements, config } = await fixture.loaded();
    expect(config.sandbox_mode).toBeNull();
    expect(restrict(requirements, "sandbox_mode", "workspace-write").value).toBe("read-only");
    expect(restrict(requirements, "approval_policy", "never")).toEqual({ value: "never", note: null });
  });

  test("MCP servers: name and identity, and the host", async () => {
    rules(
      'allowed_hosts = ["*.corp.example"]\n[mcp_servers.ok.identity]\ncommand = "ok-server"\n[mcp_servers.web.identity]\nurl = "https://evil.example/"\n',
    );
    fixture.write(
      ".moat/config.toml",
      '[mcp_servers.ok]\ncommand = "ok-server"\n[mcp_servers.ok2]\ncommand = "ok-server"\n[mcp_servers.web]\nurl = "https://evil.example/"\n',
    );
    const { config, warnings } = await fixture.loaded();
    expect(Object.entries(config.mcp_servers).map(([name, s]) => [name, s.enabled])).toEqual([
      ["ok", true],
      ["ok2", false],
      ["web", false],
    ]);
    expect(warnings.filter((text) => !text.includes("no effect yet"))).toHaveLength(2);
    rules("[mcp_servers]\n");
    expect((await fixture.loaded()).config.mcp_servers.ok?.enabled).toBe(false);
  });

  test("hosts of the chosen provider and of openai_base_url", async () => {
    rules('allowed_hosts = ["api.corp.example", "*.in.example"]');
    const overrides = ["openai_base_url=https://attacker.example/v1"];
    expect((await fixture.errors({ overrides }))[0]?.message).toContain("allowed_hosts");
    fixture.write(
      ".moat/config.toml",
      '[model_providers.a]\nbase_url = "https://x.in.example/v1"\n[model_providers.b]\nbase_url = "https://in.example.evil/v1"\n',
    );
    await fixture.loaded({ overrides: ["model_provider=a"] });
    expect((await fixture.errors({ overrides: ["model_provider=b"] }))[0]?.key).toBe("model_providers.b.base_url");
    const { requirements } = await fixture.loaded();
    const allowed = ["https://api.corp.example/v1", "https://API.corp.example:8443", "http://a.b.in.example"];
    const not = [
      "https://api.corp.example.evil/",
      "https://in.example/",
      "https://evil.example/?api.corp.example",
      "nonsense",
      "https://api.corp.example@evil.example/",
    ];
    expect(allowed.map((u) => hostAllowed(requirements, u))).toEqual([true, true, true]);
    expect(not.map((u) => hostAllowed(requirements, u))).toEqual([false, false, false, false, false]);
  });

  for (const [what, text, says] of [
    ["bad TOML", "allowed_hosts = [", "not TOML"],
    ["a typing error in a rule", 'allowed_sandbox_mode = ["read-only"]', 'Did you mean "allowed_sandbox_modes"?'],
    ["a wrong value", 'allowed_sandbox_modes = ["readonly"]', "must be a list"],
    ["an empty list", "allowed_sandbox_modes = []", "at least 1"],
  ] as const) {
    test(`${what} fails closed`, async () => {
      rules(`\n${text}\n`);
      const [error] = await fixture.errors();
      expect(error?.message).toContain(says);
      expect(error?.message).toContain("moat does not start");
      expect(error?.line).toBeGreaterThan(0);
    });
  }

  test("a directory in its place fails closed", async () => {
    const [error] = await fixture.errors({ requirements_path: fixture.home });
    expect(error?.message).toContain("cannot read this file");
  });
});

describe("legacy forms", () => {
  test("[profiles.NAME] is read with -p and answered", async () => {
    fixture.write(".moat/config.toml", 'model = "a"\nprofile = "x"\n[profiles.x]\nmodel = "b"\n');
    const { config, warnings } = await fixture.loaded({ profile: "x" });
    expect(config.model).toBe("b");
    expect(warnings.join("\n")).toContain('"profile" has no effect: name the profile when you start moat: -p NAME.');
    expect(warnings.join("\n")).toContain("move its settings to");
  });

  for (const [name, text] of [
    [
      "config.json",
      '{"model": "o4-mini", "provider": "p", "approvalMode": "auto-edit", "notify": true, "memory": {"a": 1}, "providers": {"p": {"name": "P", "baseURL": "http://127.0.0.1:1/v1", "envKey": "P_KEY"}}, "history": {"maxSize": 5, "saveHistory": false, "sensitivePatterns": ["abc"]}}',
    ],
    [
      "config.yaml",
      "model: o4-mini\nprovider: p\napprovalMode: auto-edit\nnotify: true\nmemory: {a: 1}\nproviders:\n  p: {name: P, baseURL: http://127.0.0.1:1/v1, envKey: P_KEY}\nhistory:\n  maxSize: 5\n  saveHistory: false\n  sensitivePatterns: [abc]\n",
    ],
  ] as const) {
    test(`the TypeScript CLI's ${name} is read, and config.toml goes before it`, async () => {
      fixture.write(`.moat/${name}`, text);
      const { config, warnings, origins } = await fixture.loaded();
      expect(config).toMatchObject({
        model: "o4-mini",
        model_provider: "p",
        approval_policy: "untrusted",
        sandbox_mode: "workspace-write",
        history: { persistence: "none", sensitive_patterns: ["abc"] },
        tui: { notifications: true },
      });
      expect(config.model_providers.p).toMatchObject({
        base_url: "http://127.0.0.1:1/v1",
        env_key: "P_KEY",
        wire_api: "chat",
      });
      expect(origins.get("model")?.file).toBe(join(fixture.moat_home, name));
      expect(warnings.map((w) => w.split(": ").slice(1).join(": "))).toEqual([
        "this is a configuration of the TypeScript CLI. It is read; `moat config import-codex` writes it as config.toml.",
        '"memory" is not used: write what should be remembered into AGENTS.md.',
        '"history.maxSize" is not used: use history.max_bytes.',
      ]);
      fixture.write(".moat/config.toml", "");
      expect((await fixture.loaded()).config.model).toBeNull();
    });
  }

  test("a broken config.json is refused", async () => {
    fixture.write(".moat/config.json", "{");
    expect((await fixture.errors())[0]?.message).toContain("this is not JSON");
  });
});
