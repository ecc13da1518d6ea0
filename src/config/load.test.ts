import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fixture } from "./fixture.ts";
import { errorText } from "./problem.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.remove());

describe("MOAT_HOME", () => {
  test("that is not there gives the defaults", async () => {
    const { config, warnings, origins } = await fixture.loaded();
    expect(config.model).toBeNull();
    expect(config.sandbox_mode).toBeNull();
    expect(config.project_doc_max_bytes).toBe(32_768);
    expect(config.tool_output_token_limit).toBe(10_000);
    expect(config.shell_environment_policy.ignore_default_excludes).toBe(false);
    expect(warnings).toEqual([]);
    expect(origins.size).toBe(0);
  });

  test("that is a file, or lies below one, is refused with what to do", async () => {
    const file = fixture.write("plain", "");
    for (const moat_home of [file, join(file, "below")]) {
      const [error] = await fixture.errors({ moat_home });
      expect(error?.message).toContain(moat_home);
      expect(error?.message).toContain("Set MOAT_HOME to a directory");
    }
  });

  test("with a pipe in the place of config.toml is refused at once", async () => {
    mkdirSync(fixture.moat_home);
    Bun.spawnSync(["mkfifo", join(fixture.moat_home, "config.toml")]);
    expect((await fixture.errors())[0]?.message).toContain("it is not a file");
  });

  test("with a config.toml that is a directory is refused", async () => {
    mkdirSync(join(fixture.moat_home, "config.toml"), { recursive: true });
    const [error] = await fixture.errors();
    expect(error?.file).toBe(join(fixture.moat_home, "config.toml"));
    expect(error?.message).toContain("it is not a file");
  });
});

describe("the user's file", () => {
  test("is read, typed and frozen to the last table", async () => {
    fixture.write(
      ".moat/config.toml",
      'model = "m"\n[model_providers.constructor]\nbase_url = "http://127.0.0.1:1/v1"\nhttp_headers = { "X-A" = "b" }\n',
    );
    const { config, origins } = await fixture.loaded();
    expect(config.model).toBe("m");
    const provider = Object.entries(config.model_providers).find(([name]) => name === "constructor")?.[1];
    expect(provider?.base_url).toBe("http://127.0.0.1:1/v1");
    expect(provider?.http_headers["X-A"]).toBe("b");
    expect(provider?.wire_api).toBeNull();
    expect(config.model_providers.toString).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(provider?.http_headers)).toBe(true);
    expect(Object.isFrozen(config.project_doc_fallback_filenames)).toBe(true);
    expect(origins.get("model")).toEqual({ layer: "user", file: join(fixture.moat_home, "config.toml") });
  });

  test("paths start at the file's directory, and ~ is the home directory", async () => {
    fixture.write(
      ".moat/config.toml",
      'model_instructions_file = "prompts/a.md"\nca_file = "~/ca.pem"\nlog_dir = "/l"',
    );
    const { config } = await fixture.loaded();
    expect(config.model_instructions_file).toBe(join(fixture.moat_home, "prompts/a.md"));
    expect(config.ca_file).toBe(join(fixture.home, "ca.pem"));
    expect(config.log_dir).toBe("/l");
  });

  test("that is not TOML is refused with line and column", async () => {
    fixture.write(".moat/config.toml", 'model = "m"\nsandbox_mode = = 1\n');
    const [error] = await fixture.errors();
    expect(error).toMatchObject({ line: 2, column: 16 });
    expect(errorText(error ?? ({} as never))).toContain("config.toml:2:16: this is not TOML");
  });

  test("an unknown key is a warning with its place and the nearest known key; an error under strict", async () => {
    fixture.write(".moat/config.toml", '# first\nmodle = "m"\n[sandbox_workspace_write]\nnetwork_acces = true\n');
    const { warnings } = await fixture.loaded();
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('config.toml:2:1: unknown key "modle"');
    expect(warnings[0]).toContain('Did you mean "model"?');
    expect(warnings[1]).toContain("config.toml:4:1");
    const errors = await fixture.errors({ strict: true });
    expect(errors.map((e) => [e.line, e.key, e.nearest])).toEqual([
      [2, "modle", "model"],
      [4, "sandbox_workspace_write.network_acces", "sandbox_workspace_write.network_access"],
    ]);
  });

  test("a known key in the wrong table is told where it belongs", async () => {
    const errors = await fixture.errors({ strict: true, overrides: ["network_access=true"] });
    expect(errors[0]?.nearest).toBe("sandbox_workspace_write.network_access");
  });

  test("is left out by ignore_user", async () => {
    fixture.write(".moat/config.toml", "broken = = ");
    expect((await fixture.loaded({ ignore_user: true })).config.model).toBeNull();
  });

  test("old keys are read or answered", async () => {
    fixture.write(
      ".moat/config.toml",
      'experimental_instructions_file = "i.md"\ndisable_response_storage = true\n[otel]\na = 1\n',
    );
    const { config, warnings } = await fixture.loaded({ strict: true });
    expect(config.model_instructions_file).toBe(join(fixture.moat_home, "i.md"));
    expect(warnings.map((w) => w.slice(fixture.moat_home.length))).toEqual([
      '/config.toml:1:1: "experimental_instructions_file" is an old name and is read as "model_instructions_file". Rename it.',
      '/config.toml:2:1: "disable_response_storage" has no effect: moat never lets the provider store responses.',
      '/config.toml:3:1: "otel" has no effect: moat sends no telemetry.',
    ]);
  });
});

/** One wrong value for each type of the schema: text in the file, key, words of what was expected, nearest. */
const WRONG: [string, string, string, string | null][] = [
  ["model = 1", "model", "a string", null],
  ["allow_login_shell = 'yes'", "allow_login_shell", "true or false", null],
  ["tool_output_token_limit = 0", "tool_output_token_limit", "a whole number, 1 or more", null],
  ["tool_output_token_limit = 1.5", "tool_output_token_limit", "a whole number", null],
  ["model_providers.x.stream_max_retries = 101", "model_providers.x.stream_max_retries", "from 0 to 100", null],
  ["mcp_servers.x.tool_timeout_sec = -1", "mcp_servers.x.tool_timeout_sec", "a number of seconds above 0", null],
  ["model_verbosity = 'hihg'", "model_verbosity", 'one of "low", "medium", "high"', "high"],
  ["ca_file = ''", "ca_file", "a path", null],
  ["openai_base_url = 'localhost:11434'", "openai_base_url", "an http:// or https:// address", null],
  ["project_root_markers = ['a/b']", "project_root_markers", "a file name without directories", null],
  ["history.sensitive_patterns = ['(']", "history.sensitive_patterns", "a regular expression", null],
  ["notify = 'notify-send'", "notify", "a list of at least 1, each a string", null],
  ["notify = []", "notify", "a list of at least 1", null],
  ["approval_policy = { sandbox_aproval = true }", "approval_policy", 'one of "untrusted"', null],
  ["tui.notifications = 3", "tui.notifications", "true or false, or a list, each a string", null],
  ["hooks.Stop = [{ hooks = [{ type = 'command' }] }]", "hooks.Stop", 'a list of tables with "matcher"', null],
  ["sandbox_workspace_write = true", "sandbox_workspace_write", "a table", null],
  ["model_providers.x = 'y'", "model_providers.x", "a table", null],
];

describe("a wrong value", () => {
  for (const [line, key, expected, nearest] of WRONG) {
    test(`is refused in a file and as a flag: ${line}`, async () => {
      const file = fixture.write(".moat/config.toml", `# one\n\n  ${line}\n`);
      const [error, ...more] = await fixture.errors();
      expect(more).toEqual([]);
      expect(error).toMatchObject({ file, line: 3, column: line.indexOf("= ") + 5, key, nearest });
      expect(error?.expected).toContain(expected);
      expect(error?.message).toContain(`"${key}" is `);
      expect(error?.message).toContain("but it must be ");
    });
  }
});

describe("-c", () => {
  /** Typed text → key that is looked at → value. */
  const READ: [string, (c: Awaited<ReturnType<Fixture["loaded"]>>["config"]) => unknown, unknown][] = [
    ["model=o3", (c) => c.model, "o3"],
    ['model="o3"', (c) => c.model, "o3"],
    ["model=007", (c) => c.model, "007"],
    ["model=123", (c) => c.model, "123"],
    ["model=true", (c) => c.model, "true"],
    ["model=a=b", (c) => c.model, "a=b"],
    ["model=", (c) => c.model, ""],
    ['model = "x # y"', (c) => c.model, "x # y"],
    ['developer_instructions=say "hi", then\nstop', (c) => c.developer_instructions, 'say "hi", then\nstop'],
    ["tool_output_token_limit=1_000", (c) => c.tool_output_token_limit, 1000],
    ["sandbox_workspace_write.network_access=true", (c) => c.sandbox_workspace_write.network_access, true],
    ['sandbox_workspace_write.writable_roots=["/a", "b"]', (c) => c.sandbox_workspace_write.writable_roots.at(0), "/a"],
    ['model_providers."a.b".name="n"', (c) => c.model_providers["a.b"]?.name, "n"],
    ["model_providers.'a=b'.name=n", (c) => c.model_providers["a=b"]?.name, "n"],
    ['model_providers.x={name="n", wire_api="chat"}', (c) => c.model_providers.x?.wire_api, "chat"],
    ['openai_base_url="http://127.0.0.1:8/v1"', (c) => c.openai_base_url, "http://127.0.0.1:8/v1"],
    ["approval_policy=unless-allow-listed", (c) => c.approval_policy, "untrusted"],
    ["approval_policy={granular={rules=true}}", (c) => (c.approval_policy as { rules: boolean }).rules, true],
    ["approval_policy={sandbox_approval=true}", (c) => (c.approval_policy as { rules: boolean }).rules, false],
    ['shell_environment_policy.set={A="1"}', (c) => c.shell_environment_policy.set.A, "1"],
  ];
  for (const [source, read, value] of READ) {
    test(source, async () => {
      const { config, warnings } = await fixture.loaded({ overrides: [source] });
      expect(read(config)).toBe(value as never);
      expect(warnings).toEqual([]);
    });
  }

  test("relative paths start at the working directory; the last flag wins", async () => {
    const overrides = ["ca_file=a.pem", "ca_file=b.pem"];
    const { config, origins } = await fixture.loaded({ overrides });
    expect(config.ca_file).toBe(join(fixture.project, "b.pem"));
    expect(origins.get("ca_file")).toEqual({ layer: "flag", file: null });
  });

  for (const source of ["model", "=x", ".a=1", "a..b=1", '"a=1', "a b c", ""]) {
    test(`refuses ${JSON.stringify(source)}`, async () => {
      const [error] = await fixture.errors({ overrides: [source] });
      expect(error?.message).toContain("KEY=VALUE");
    });
  }

  test("a value cannot smuggle in a second key", async () => {
    const { config } = await fixture.loaded({ overrides: ['model="a"\nnotify=["x"]'] });
    expect(config.notify).toBeNull();
  });
});

describe("profiles and variables", () => {
  test("-p lies over the user's file and under -c", async () => {
    fixture.write(".moat/config.toml", 'model = "user"\nreview_model = "user"\nservice_tier = "user"');
    const file = fixture.write(".moat/fast.config.toml", 'model = "profile"\nservice_tier = "profile"');
    const { config, origins } = await fixture.loaded({ profile: "fast", overrides: ["service_tier=flag"] });
    expect([config.review_model, config.model, config.service_tier]).toEqual(["user", "profile", "flag"]);
    expect(origins.get("model")).toEqual({ layer: "profile", file });
  });

  test("an absent profile and a path in its name are refused", async () => {
    expect((await fixture.errors({ profile: "none" }))[0]?.message).toContain("none.config.toml");
    writeFileSync(join(fixture.root, "x.config.toml"), "");
    expect((await fixture.errors({ profile: "../../x" }))[0]?.message).toContain("a profile's name");
  });

  test("OPENAI_DEFAULT_MODEL is weaker than a file", async () => {
    const env = { OPENAI_DEFAULT_MODEL: "env" };
    expect((await fixture.loaded({ env })).config.model).toBe("env");
    fixture.write(".moat/config.toml", 'model = "file"');
    expect((await fixture.loaded({ env })).config.model).toBe("file");
  });
});
