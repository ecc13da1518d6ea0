import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fixture } from "../../config/fixture.ts";
import type { Flags } from "../contract.ts";
import { fakeHost } from "../fixtures/host.ts";
import { run } from "./config.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.remove());

/** Runs `moat config ARGS` in the fixture's project. */
async function config(args: string[], flags: Flags = {}, env: Record<string, string> = {}) {
  const { host, said } = fakeHost({
    env: { PATH: process.env.PATH, ...env },
    cwd: fixture.project,
    moat_home: fixture.moat_home,
    home: fixture.home,
  });
  const code = await run({ args, rest: [], flags, host });
  return { ...said, code };
}

const file = () => join(fixture.moat_home, "config.toml");
const text = () => readFileSync(file(), "utf8");

describe("set, unset, get, list", () => {
  test("a file is created, changed and emptied again, comments kept", async () => {
    expect(await config(["set", "model", "o3"])).toMatchObject({ code: 0, stderr: `${file()}: model changed\n` });
    await config(["set", "tui.theme", "dark"]);
    await config(["set", "model_providers.my.base_url", "http://127.0.0.1:1/v1"]);
    expect(text()).toBe(
      'model = "o3"\n\n[tui]\ntheme = "dark"\n\n[model_providers.my]\nbase_url = "http://127.0.0.1:1/v1"\n',
    );
    expect((await config(["get", "model"])).stdout).toBe("o3\n");
    expect((await config(["get", "tui"])).stdout).toContain('tui.theme = "dark"\n');
    expect((await config(["get", "model_providers.my.wire_api"], { json: true })).stdout).toBe("null\n");
    expect((await config(["list"], { origin: true })).stdout).toBe(
      `model = "o3"  # user ${file()}\nmodel_providers.my.base_url = "http://127.0.0.1:1/v1"  # user ${file()}\ntui.theme = "dark"  # user ${file()}\n`,
    );
    await config(["unset", "tui"]);
    await config(["unset", "model_providers.my"]);
    expect(text()).toBe('model = "o3"\n');
    expect((await config(["unset", "model"])).code).toBe(0);
    expect((await config(["get", "model"])).code).toBe(1);
    expect((await config(["unset", "model"])).stderr).toContain("nothing to change");
  });

  test("relative paths are meant from the working directory", async () => {
    await config(["set", "model_instructions_file", "prompt.md"]);
    await config(["set", "ca_file", "~/ca.pem"]);
    expect(text()).toBe(`model_instructions_file = "${join(fixture.project, "prompt.md")}"\nca_file = "~/ca.pem"\n`);
  });

  test("-p changes and shows the profile", async () => {
    await config(["set", "model", "fast"], { profile: "p" });
    expect(readFileSync(join(fixture.moat_home, "p.config.toml"), "utf8")).toBe('model = "fast"\n');
    expect((await config(["get", "model"], { profile: "p" })).stdout).toBe("fast\n");
  });

  const REFUSED: [string[], string][] = [
    [["set", "modle", "x"], 'unknown key "modle": moat has no such setting. Did you mean "model"?'],
    [["set", "model_verbosity", "hihg"], 'Did you mean "high"?'],
    [["set", "tui", "x"], "it must be a table"],
    [["set", "tui", "{}"], "set its keys one by one"],
    [["set", "a..b", "x"], "is not a key"],
    [["set", "otel.exporter", "x"], "moat sends no telemetry"],
    [["get", "modle"], 'Did you mean "model"?'],
  ];
  for (const [args, message] of REFUSED) {
    test(`refuses ${args.join(" ")}`, async () => {
      const { code, stderr } = await config(args);
      expect([code, existsSync(file())]).toEqual([1, false]);
      expect(stderr).toContain(message);
    });
  }

  for (const args of [[], ["frob"], ["set", "model"], ["get"], ["list", "x"], ["trust"], ["trust", "list", "x"]]) {
    test(`explains the usage of: config ${args.join(" ")}`, async () => {
      const { code, stderr } = await config(args);
      expect(code).toBe(2);
      expect(stderr).toContain("Usage: moat config get KEY");
    });
  }

  test("a file that is not TOML is not touched; a wrong value can be replaced", async () => {
    fixture.write(".moat/config.toml", "a = = 1\n");
    const { code, stderr } = await config(["set", "model", "x"]);
    expect([code, text()]).toEqual([1, "a = = 1\n"]);
    expect(stderr).toContain("config.toml:1:5");
    fixture.write(".moat/config.toml", "model = 1 # old\n");
    await config(["set", "model", "x"]);
    expect(text()).toBe('model = "x" # old\n');
  });

  test("secrets are covered in list", async () => {
    fixture.write(
      ".moat/config.toml",
      '[model_providers.x]\nexperimental_bearer_token = "hush"\nhttp_headers = { A = "hush" }\n',
    );
    for (const flags of [{ json: true as const }, { origin: true as const }]) {
      expect((await config(["list"], flags)).stdout).not.toContain("hush");
    }
  });

  test("list --all names every setting that has a value; path and schema", async () => {
    expect((await config(["list"], { all: true })).stdout).toContain("project_doc_max_bytes = 32768\n");
    expect((await config(["path"])).stdout).toBe(`${file()}\n`);
    expect(JSON.parse((await config(["schema"])).stdout).properties.model.type).toBe("string");
  });
});

describe("edit", () => {
  /** An editor that writes `text` into the file that it is given. */
  const editor = (text: string) => {
    const script = fixture.write("editor.sh", `#!/bin/sh\nprintf '%s' '${text}' > "$2"\n`);
    chmodSync(script, 0o755);
    return { EDITOR: `${script} --wait` };
  };

  test("a good text takes the file's place", async () => {
    expect((await config(["edit"], {}, editor('model = "e"\n# c\n'))).code).toBe(0);
    expect(text()).toBe('model = "e"\n# c\n');
  });

  test("a wrong one is refused with its place, kept as a draft, and opened again", async () => {
    fixture.write(".moat/config.toml", 'model = "before"\n');
    const refused = await config(["edit"], {}, editor("model = 1\n"));
    expect([refused.code, text()]).toEqual([1, 'model = "before"\n']);
    expect(refused.stderr).toContain('config.toml.draft:1:9: "model" is 1, but it must be a string.');
    expect((await config(["edit"], {}, { EDITOR: "sed -i s/1/2/" })).stderr).toContain('"model" is 2');
    expect((await config(["edit"], {}, editor('model = "after"\n'))).code).toBe(0);
    expect([text(), existsSync(`${file()}.draft`)]).toEqual(['model = "after"\n', false]);
  });

  test("without an editor it says what to do", async () => {
    expect((await config(["edit"])).stderr).toContain("Set VISUAL or EDITOR");
  });
});

describe("import-codex", () => {
  const CODEX = `# mine
model = "gpt-5.5"
model_reasoning_effort = "high"
personality = "friendly"
frobnicate = 1
[model_providers.local]
base_url = "http://127.0.0.1:11434/v1"
wire_api = "chat"
supports_websockets = false
[otel]
exporter = "none"
[profiles.fast]
model = "gpt-5.5-mini"
[projects."/w"]
trust_level = "trusted"
[mcp_servers.docs]
command = "docs-server"
args = ["--port", "1"]
`;

  test("takes over what means something, names the rest, and changes nothing the second time", async () => {
    fixture.write(".codex/config.toml", CODEX);
    fixture.write(".codex/slow.config.toml", 'model_verbosity = "high"\n');
    fixture.write(".codex/instructions.md", "x");
    fixture.write(".moat/config.toml", '# keep me\nmodel = "mine"\n');
    const shown = await config(["import-codex"]);
    expect([shown.code, text()]).toEqual([1, '# keep me\nmodel = "mine"\n']);
    expect(shown.stdout).toContain('\n+model_reasoning_effort = "high"\n');
    expect(shown.stderr).toContain("nothing was written");
    const first = await config(["import-codex"], { yes: true });
    expect(first.code).toBe(0);
    expect(
      first.stdout
        .split("\n")
        .filter((l) => /^(kept|dropped|note)/.test(l))
        .map((l) => l.split(":")[0]),
    ).toEqual([
      "kept     model",
      "dropped  personality",
      "dropped  frobnicate",
      "dropped  model_providers.local.supports_websockets",
      "dropped  otel",
      `note     ${join(fixture.home, ".codex/instructions.md")} took the place of the system prompt in older versions; to keep that`,
    ]);
    expect(text()).toStartWith('# keep me\nmodel = "mine"\nmodel_reasoning_effort = "high"\n');
    const { config: read, warnings } = await fixture.loaded({ strict: true, profile: "fast" });
    expect(warnings).toEqual([]);
    expect(read.model).toBe("gpt-5.5-mini");
    expect(read.model_providers.local?.wire_api).toBe("chat");
    expect(read.projects["/w"]?.trust_level).toBe("trusted");
    expect(read.mcp_servers.docs?.args).toEqual(["--port", "1"]);
    expect((await fixture.loaded({ profile: "slow" })).config.model_verbosity).toBe("high");
    const before = text();
    const second = await config(["import-codex"], { yes: true });
    expect(second.stdout).toContain("nothing to change");
    expect(second.stdout).not.toContain("taken");
    expect(text()).toBe(before);
  });

  test("CODEX_HOME, the TypeScript CLI's file, none at all, and a broken one", async () => {
    expect((await config(["import-codex"], { yes: true })).stderr).toContain("there is no config.toml");
    fixture.write("old/config.json", '{"model": "o4-mini", "approvalMode": "suggest", "memory": true}');
    const CODEX_HOME = join(fixture.home, "old");
    expect((await config(["import-codex"], { yes: true }, { CODEX_HOME })).stdout).toContain("dropped  memory");
    expect(text()).toBe('model = "o4-mini"\napproval_policy = "untrusted"\nsandbox_mode = "read-only"\n');
    fixture.write("old/config.toml", "= 1");
    expect((await config(["import-codex"], { yes: true }, { CODEX_HOME })).stderr).toContain(
      "config.toml:1:1: this is not TOML",
    );
  });
});

describe("trust", () => {
  test("add shows the file and what it wants, and needs a yes; list and remove", async () => {
    const path = fixture.write("work/.moat/config.toml", 'notify = ["say"] # \u009b2J\u202e\n');
    const shown = await config(["trust", "add"]);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain(`${path} (new)\n  wants: notify\n`);
    expect(shown.stdout).toContain("\\x9b2J\\u{202e}");
    expect(shown.stderr).toContain("nothing was trusted");
    expect((await fixture.loaded()).config.notify).toBeNull();
    expect((await config(["trust", "add"], { yes: true })).code).toBe(0);
    expect((await fixture.loaded()).config.notify).toEqual(["say"]);
    expect((await config(["trust", "add"], { yes: true })).stderr).toContain("trusted already");
    expect((await config(["trust", "list"])).stdout).toContain(
      `trusted    ${fixture.project}\ntrusted    ${path}  sha256 `,
    );
    expect((await config(["trust", "remove"])).stderr).toContain("2 answer(s) forgotten");
    expect((await config(["trust", "list"])).stdout).toBe("");
    expect((await config(["trust", "remove"])).code).toBe(1);
  });
});
