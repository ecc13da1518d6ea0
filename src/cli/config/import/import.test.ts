// What other agents' settings become here, and that nothing is written before it was shown and agreed to.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Secrets } from "../../../base/index.ts";
import { Fixture } from "../../../config/fixture.ts";
import { parseRules } from "../../../policy/index.ts";
import { fakeHost } from "../../fixtures/host.ts";
import { run } from "../config.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.remove());

async function take(peer: string, { yes = true, env = {} as Record<string, string> } = {}) {
  const secrets = new Secrets();
  const { host, said } = fakeHost({
    env,
    cwd: fixture.project,
    moat_home: fixture.moat_home,
    home: fixture.home,
    secrets,
  });
  const code = await run({ args: [`import-${peer}`], rest: [], flags: yes ? { yes } : {}, host });
  return {
    code,
    ...said,
    secrets,
    lines: (kind: string) => said.stdout.split("\n").filter((line) => line.startsWith(kind)),
  };
}
const ours = (name: string) => join(fixture.moat_home, name);
const read = (name: string) => readFileSync(ours(name), "utf8");
/** The rules of a file, as `WORDS: DECISION`. */
function rules(name: string): string[] {
  const parsed = parseRules(read(`rules/${name}`), name);
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join());
  return parsed.rules.prefix.map(
    ({ pattern, decision, sandboxed }) => `${pattern.flat().join(" ")}: ${decision}${sandboxed ? ", sandboxed" : ""}`,
  );
}

const CLAUDE = {
  $schema: "https://json.schemastore.org/claude-code-settings.json",
  model: "claude-opus-5-5",
  env: { NODE_ENV: "test", GH_TOKEN: "ghp_x", ANTHROPIC_MODEL: "x" },
  permissions: {
    allow: [
      "Bash(npm run lint)",
      "Bash(npm run test:*)",
      "Bash(git diff *)",
      "Bash",
      "Read(~/.zshrc)",
      "mcp__docs__search",
      "Bash(ls | wc:*)",
    ],
    ask: ["Bash(git push:*)"],
    deny: [
      "Bash(curl:*)",
      "Bash(rm -rf /)",
      "Read(./.env)",
      "Read(~/.aws/**)",
      "Read(//etc/secret)",
      "WebFetch",
      "Bash(git * --force)",
    ],
    additionalDirectories: ["~/shared", "../other"],
    defaultMode: "bypassPermissions",
  },
  hooks: {
    PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: "~/guard.sh", timeout: 5 }] }],
    Stop: [{ hooks: [{ type: "prompt", prompt: "done?" }] }],
    WorktreeCreate: [{ hooks: [{ type: "command", command: "true" }] }],
  },
  statusLine: { type: "command", command: "x" },
};

describe("Claude Code", () => {
  beforeEach(() => {
    fixture.write(".claude/settings.json", JSON.stringify(CLAUDE));
    const docs = { command: "docs", args: ["--x"], env: { DOCS_KEY: "sk-docs-secret" } };
    fixture.write(
      ".claude.json",
      JSON.stringify({ mcpServers: { docs, web: { type: "http", url: "https://x.test/mcp" } } }),
    );
    fixture.write(".claude/CLAUDE.md", "be brief\n");
  });

  test("permissions are rules, narrower where they cannot be the same, and what is dropped has a reason", async () => {
    const { code, lines } = await take("claude");
    expect(code).toBe(0);
    expect(rules("claude.rules")).toEqual([
      ...["curl: forbidden", "rm -rf /: forbidden", "git push: prompt"],
      ...["npm run test: allow, sandboxed", "git diff: allow, sandboxed"],
    ]);
    const dropped = lines("dropped").map((line) => line.slice(9));
    for (const [about, why] of [
      ["permissions.allow Bash(npm run lint)", "exactly this line"],
      ["permissions.allow Bash:", "every command"],
      ["permissions.allow Bash(ls | wc:*)", "nothing that a shell makes"],
      ["permissions.allow Read(~/.zshrc)", "may be read"],
      ["permissions.allow mcp__docs__search", "mcp_servers.NAME"],
      ["permissions.deny Bash(git * --force)", "no `*` between"],
      ["permissions.deny Read(./.env)", "hidden_paths"],
      ["permissions.deny WebFetch", "network"],
      ["permissions.defaultMode", "--plan"],
      ["env.GH_TOKEN", "looks like a key"],
      ["env.ANTHROPIC_MODEL", "Claude Code reads it"],
      ["hooks.Stop", "only runs commands"],
      ["hooks.WorktreeCreate", "no such event"],
      ["statusLine", "nothing that it would set"],
    ] as const)
      expect(dropped.filter((line) => line.startsWith(about))).toEqual([expect.stringContaining(why)]);
  });

  test("settings, hooks in the form of their scripts, and servers; CLAUDE.md is named", async () => {
    const { lines } = await take("claude");
    const { config, hooks, errors } = { errors: [], ...(await fixture.loaded({ strict: true })) };
    expect(errors).toEqual([]);
    expect(config).toMatchObject({
      model: "claude-opus-5-5",
      model_provider: "anthropic",
      shell_environment_policy: { set: { NODE_ENV: "test" } },
      sandbox_workspace_write: {
        hidden_paths: [join(fixture.home, ".aws"), "/etc/secret"],
        writable_roots: [join(fixture.home, "shared")],
      },
      mcp_servers: { docs: { command: "docs", args: ["--x"] }, web: { url: "https://x.test/mcp" } },
    });
    expect([config.approval_policy, config.sandbox_mode]).toEqual([null, null]);
    expect(hooks).toMatchObject([
      { event: "PreToolUse", command: "~/guard.sh", form: "claude", timeout_ms: 5000, project: false },
    ]);
    expect(lines("note")).toEqual([expect.stringContaining(join(fixture.home, ".claude/CLAUDE.md"))]);
  });

  test("everything is shown and nothing written without a yes; keys are not shown", async () => {
    fixture.write(".moat/config.toml", "# mine\n");
    const { code, stdout, stderr, secrets } = await take("claude", { yes: false });
    expect([code, stderr]).toEqual([1, expect.stringContaining("nothing was written")]);
    expect([existsSync(ours("rules")), existsSync(ours("claude-hooks.json")), read("config.toml")]).toEqual([
      false,
      false,
      "# mine\n",
    ]);
    for (const name of ["config.toml", "rules/claude.rules", "claude-hooks.json"])
      expect(stdout).toContain(`\n--- ${ours(name)}\n`);
    expect(stdout).toContain("\n # mine\n");
    expect(stdout).toContain('\n+prefix_rule(pattern=["curl"], decision="forbidden")\n');
    expect(secrets.redact("sk-docs-secret")).not.toContain("docs-secret");
  });

  test("what is set here stays, and a second time there is nothing to do", async () => {
    fixture.write(".moat/config.toml", 'model = "mine"\n');
    const first = await take("claude");
    expect(first.lines("kept").join()).toContain("model, model_provider");
    expect((await fixture.loaded()).config).toMatchObject({ model: "mine", model_provider: null });
    const second = await take("claude");
    expect(second.stdout).toEndWith("nothing to change\n");
  });

  test("nothing of a project's own settings is taken", async () => {
    const settings = {
      permissions: { allow: ["Bash(evil:*)"] },
      hooks: { Stop: [{ hooks: [{ type: "command", command: "evil" }] }] },
      env: { EVIL: "1" },
    };
    for (const name of ["settings.json", "settings.local.json"])
      fixture.write(`work/.claude/${name}`, JSON.stringify(settings));
    fixture.write("work/.mcp.json", JSON.stringify({ mcpServers: { evil: { command: "evil" } } }));
    expect((await take("claude")).stdout.toLowerCase()).not.toContain("evil");
  });

  test("none at all, elsewhere, and a broken one", async () => {
    const CLAUDE_CONFIG_DIR = join(fixture.home, "other");
    expect((await take("claude", { env: { CLAUDE_CONFIG_DIR } })).stderr).toContain("Set CLAUDE_CONFIG_DIR");
    fixture.write("other/settings.json", '{ "model": "opus", // short\n }');
    expect((await take("claude", { env: { CLAUDE_CONFIG_DIR } })).lines("dropped")[0]).toContain("`moat models`");
    fixture.write("other/settings.json", "{ nope");
    expect((await take("claude", { env: { CLAUDE_CONFIG_DIR } })).stderr).toContain("is not JSON");
    fixture.write(
      "other/settings.json",
      '{"disableAllHooks": true, "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "x"}]}]}, "permissions": {"defaultMode": "dontAsk"}}',
    );
    await take("claude", { env: { CLAUDE_CONFIG_DIR } });
    expect([existsSync(ours("claude-hooks.json")), (await fixture.loaded()).config.approval_policy]).toEqual([
      false,
      "never",
    ]);
  });
});

describe("opencode", () => {
  test("model, providers without their keys, permissions, servers", async () => {
    fixture.write(
      ".config/opencode/opencode.jsonc",
      `{
  // comments and commas are fine
  "model": "anthropic/claude-sonnet-5-5",
  "provider": {
    "corp": { "npm": "@ai-sdk/openai-compatible", "options": { "baseURL": "https://llm.corp.test/v1", "apiKey": "{env:CORP_KEY}" } },
    "plain": { "options": { "baseURL": "https://p.test/v1", "apiKey": "sk-in-the-file" } },
    "odd": { "npm": "@ai-sdk/cohere", "options": { "baseURL": "https://c.test" } },
  },
  "permission": { "edit": "deny", "webfetch": "ask", "bash": { "*": "ask", "git status*": "allow", "git push": "ask", "terraform *": "deny", "ls": "allow" } },
  "mcp": { "docs": { "type": "local", "command": ["npx", "docs"], "environment": { "A": "b" }, "enabled": false }, "web": { "type": "remote", "url": "https://x.test" } },
  "theme": "dark",
}`,
    );
    const { code, stdout, lines } = await take("opencode");
    expect(code).toBe(0);
    expect(stdout).not.toContain("sk-in-the-file");
    expect((await fixture.loaded({ strict: true })).config).toMatchObject({
      model: "claude-sonnet-5-5",
      model_provider: "anthropic",
      sandbox_mode: "read-only",
      model_providers: {
        corp: { base_url: "https://llm.corp.test/v1", wire_api: "chat", env_key: "CORP_KEY" },
        plain: { base_url: "https://p.test/v1", env_key: null },
      },
      mcp_servers: {
        docs: { command: "npx", args: ["docs"], env: { A: "b" }, enabled: false },
        web: { url: "https://x.test" },
      },
    });
    expect(rules("opencode.rules")).toEqual([
      "git status: allow, sandboxed",
      "git push: prompt",
      "terraform: forbidden",
    ]);
    expect(lines("dropped").map((line) => line.slice(9).split(": ")[0])).toEqual([
      ...["provider.plain.options.apiKey", "provider.odd", "permission.webfetch"],
      ...["permission.bash *", "permission.bash ls", "theme"],
    ]);
  });

  test("a model of a provider that moat does not know, and none at all", async () => {
    expect((await take("opencode")).stderr).toContain("there is no opencode.json");
    fixture.write("xdg/opencode/opencode.json", '{"model": "github-copilot/gpt-5", "permission": "allow"}');
    const XDG_CONFIG_HOME = join(fixture.home, "xdg");
    expect((await take("opencode", { env: { XDG_CONFIG_HOME } })).lines("dropped")[0]).toContain(
      'no provider "github-copilot"',
    );
  });
});

describe("gemini-cli", () => {
  test("model, tools, names of files and servers, in today's form and the flat one", async () => {
    fixture.write(
      ".gemini/settings.json",
      JSON.stringify({
        model: { name: "gemini-3-pro" },
        tools: {
          allowed: ["run_shell_command(git status)", "run_shell_command", "read_file"],
          exclude: ["run_shell_command(rm)"],
          confirmationRequired: ["run_shell_command(git push)"],
          core: [],
        },
        context: { fileName: ["GEMINI.md", "AGENTS.md"] },
        mcpServers: {
          docs: { httpUrl: "https://x.test", headers: { A: "b" }, includeTools: ["a"], excludeTools: ["b"] },
        },
        ui: { theme: "x" },
      }),
    );
    fixture.write(".gemini/GEMINI.md", "x");
    const { lines } = await take("gemini");
    expect((await fixture.loaded({ strict: true })).config).toMatchObject({
      model: "gemini-3-pro",
      model_provider: "gemini",
      project_doc_fallback_filenames: ["GEMINI.md"],
      mcp_servers: {
        docs: { url: "https://x.test", http_headers: { A: "b" }, enabled_tools: ["a"], disabled_tools: ["b"] },
      },
    });
    expect(rules("gemini.rules")).toEqual(["rm: forbidden", "git push: prompt", "git status: allow, sandboxed"]);
    expect(lines("dropped").map((line) => line.slice(9).split(": ")[0])).toEqual([
      ...["tools.allowed read_file", "tools.allowed run_shell_command", "ui", "tools.core"],
    ]);
    expect(lines("note")[0]).toContain("GEMINI.md is not copied");
  });

  test("the flat form", async () => {
    fixture.write(
      ".gemini/settings.json",
      '{"model": "gemini-3-flash", "excludeTools": ["ShellTool(sudo)"], "contextFileName": "NOTES.md"}',
    );
    await take("gemini");
    expect((await fixture.loaded()).config).toMatchObject({
      model: "gemini-3-flash",
      project_doc_fallback_filenames: ["NOTES.md"],
    });
    expect(rules("gemini.rules")).toEqual(["sudo: forbidden"]);
    expect((await take("gemini")).stdout).toEndWith("nothing to change\n");
  });
});
