import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { tempProject } from "../testkit/index.ts";
import { credentialStores } from "./credentials.ts";

/** What is hidden beyond the stores that are hidden in every home, by the names in it. */
function hiddenIn(home: string, moat_home: string, named: string[] = []): string[] {
  using empty = tempProject();
  const usual = credentialStores(empty.dir, empty.path(".moat"), []).map((path) => relative(empty.dir, path));
  const found = credentialStores(home, moat_home, named).map((path) => relative(home, path));
  return found.filter((name) => !usual.includes(name)).sort();
}

/** The same of a home in which these files lie. */
function hidden(files: Record<string, string>): string[] {
  using home = tempProject();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(home.path(name)), { recursive: true });
    writeFileSync(home.path(name), text);
  }
  return hiddenIn(home.dir, home.path(".moat"));
}

test.each([
  'model_providers.p.experimental_bearer_token = "x"',
  '[model_providers.p]\n"experimental_bearer_token" = "x"',
  '[model_providers.p.http_headers]\nA = "x"',
  "model_providers.p = { query_params = { sig = 'x' } }",
  '[mcp_servers.s.env]\nA = "x"',
  "mcp_servers.s.env.A = 'x'",
  '{"mcp_servers": {"s": {"env": {"A": "x"}}}}',
  "providers:\n  p:\n    apiKey: abc",
  'base_url = "https://me:secret@example.org"',
  'shell_environment_policy.set = { GH_TOKEN = "x" }',
])("settings with a key are hidden: %s", (text) => {
  for (const name of [
    ".moat/config.toml",
    ".moat/work.config.toml",
    ".moat/config.yaml",
    ".moat/config.toml.77.new",
    `.moat/trust/${"a".repeat(64)}`,
    ".codex/config.toml",
  ])
    expect(hidden({ [name]: text })).toEqual([name]);
});

test.each([
  'model = "m"\nmodel_provider = "openai"',
  '[model_providers.p]\nenv_key = "X_KEY"\nenv_key_instructions = "get one"',
  'mcp_servers.s.bearer_token_env_var = "T"\n[model_providers.p.env_http_headers]\nA = "B"',
  'sandbox_mode = "read-only"\nproject_doc_max_bytes = 1\nmodel_auto_compact_token_limit = 5\nrequires_openai_auth = true',
])("settings without one stay readable: %s", (text) => {
  expect(hidden({ ".moat/config.toml": text })).toEqual([]);
});

test("a link hides what it leads to; what cannot be looked into is hidden; a pipe holds nobody up", () => {
  using home = tempProject({ "dotfiles/moat.toml": 'experimental_bearer_token = "x"' });
  const moat_home = home.path(".moat");
  mkdirSync(moat_home);
  symlinkSync(home.path("dotfiles/moat.toml"), join(moat_home, "config.toml"));
  writeFileSync(join(moat_home, "big.toml"), Buffer.alloc(5 * 1024 * 1024));
  Bun.spawnSync(["mkfifo", join(moat_home, "pipe.toml")]);
  expect(hiddenIn(home.dir, moat_home)).toEqual([".moat/big.toml", "dotfiles/moat.toml"]);
  expect(hiddenIn(home.dir, home.path(".moat"), [home.path("dotfiles")])).toEqual([".moat/big.toml", "dotfiles"]);
});
