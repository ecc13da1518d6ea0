import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Secrets } from "../base/index.ts";
import { Fixture } from "./fixture.ts";
import { isSecret, masked } from "./secrets.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.remove());

/** What is known when this configuration was read. */
async function known(toml: string, env: Record<string, string> = {}) {
  fixture.write(".moat/config.toml", toml);
  const secrets = new Secrets();
  const { keys, key_files } = await fixture.loaded({ env, secrets });
  return { secrets, keys, key_files };
}

const provider = (more: string) => `[model_providers.p]\nbase_url = "https://u:p@example.org/v1"\n${more}`;

describe("every key that the configuration knows is a secret, and no command gets it", () => {
  test.each([
    ["experimental_bearer_token", provider('experimental_bearer_token = "token-of-config"'), "token-of-config"],
    ["http_headers", provider('http_headers = { "X-Anything" = "header-value-1" }'), "header-value-1"],
    ["a scheme", provider('http_headers = { Authorization = "Bearer credential-in-it" }'), "credential-in-it"],
    ["Basic", provider(`http_headers = { A = "Basic ${btoa("me:pass-word-77")}" }`), "pass-word-77"],
    ["query_params", provider('query_params = { sig = "parameter-value-2" }'), "parameter-value-2"],
    ["mcp env", '[mcp_servers.s]\ncommand = "x"\nenv = { ANYTHING = "server-value-3" }', "server-value-3"],
    ["mcp headers", '[mcp_servers.s]\nurl = "https://x"\nhttp_headers = { A = "server-header-4" }', "server-header-4"],
    ["password of base_url", '[model_providers.p]\nbase_url = "https://me:pass%2Fword-5@example.org"', "pass/word-5"],
    ["token as the user of an mcp url", '[mcp_servers.s]\nurl = "https://token-as-user@example.org"', "token-as-user"],
    ["a parameter of an address", '[mcp_servers.s]\nurl = "https://example.org/?api_key=in-address-6"', "in-address-6"],
  ])("%s", async (_, toml, secret) => {
    const { secrets, keys, key_files } = await known(toml);
    expect(secrets.redact(`a ${secret} b`)).toBe("a [key] b");
    expect(keys.holds(`PREFIX=${secret}`)).toBe(true);
    expect(key_files).toEqual([`${fixture.moat_home}/config.toml`]);
  });

  test.each([
    ["env_key", provider('env_key = "ODD_NAME"')],
    ["env_http_headers", provider('env_http_headers = { "X-A" = "ODD_NAME" }')],
    ["bearer_token_env_var", '[mcp_servers.s]\nurl = "https://x"\nbearer_token_env_var = "ODD_NAME"'],
    ["mcp env_http_headers", '[mcp_servers.s]\nurl = "https://x"\nenv_http_headers = { A = "ODD_NAME" }'],
    ["env_vars", '[mcp_servers.s]\ncommand = "x"\nenv_vars = ["ODD_NAME"]'],
  ])("the variable that %s names", async (_, toml) => {
    const { secrets, keys } = await known(toml, { ODD_NAME: "value-of-variable-8" });
    expect(secrets.holds("value-of-variable-8")).toBe(true);
    expect(keys.holds("value-of-variable-8")).toBe(true);
  });

  test("any NAME_API_KEY, and what moat login keeps", async () => {
    fixture.write(
      ".moat/auth.json",
      JSON.stringify({ version: 1, keys: { a: { key: 'stored"key' }, b: { keyring: true } } }),
    );
    const { secrets, keys } = await known("", { NEW_API_KEY: "sk-usual-key" });
    for (const key of ["sk-usual-key", 'stored"key'])
      expect([secrets.holds(key), keys.holds(key)]).toEqual([true, true]);
  });
});

test("what is surely no secret stays in every text", async () => {
  const toml = [
    provider(
      'http_headers = { "OpenAI-Beta" = "assistants=v2", Accept = "application/json", "X-Title" = "my own tool" }',
    ),
    'query_params = { api-version = "2024-10-01-preview" }',
    '[mcp_servers.s]\ncommand = "x"',
    'env = { NODE_ENV = "production", LOG = "/var/log/x.log", PORT = "12345678", URL = "http://localhost:8080/" }',
  ].join("\n");
  const { secrets, keys } = await known(toml, { HOME: "/home/somebody", PG: "postgres://postgres:postgres@db/x" });
  const text =
    "assistants=v2 application/json my own tool 2024-10-01-preview production /var/log/x.log 12345678 postgres x";
  expect(secrets.redact(text)).toBe(text);
  expect(keys.holds("postgres://postgres:postgres@db/x")).toBe(false);
});

test("passwords in addresses of the environment are taken out with their address, and commands keep the variable", async () => {
  const proxy = "http://me:secret@proxy.example:3128";
  const { secrets, keys } = await known("", { HTTPS_PROXY: proxy });
  expect(secrets.redact(`via ${proxy}, secret`)).toBe("via http://[key]:3128, secret".replace("[key]:3128", "[key]"));
  expect(keys.holds(proxy)).toBe(false);
});

test("a mistake in the file says nothing of a value, and what else it holds is known by then", async () => {
  fixture.write(
    ".moat/config.toml",
    provider('experimental_bearer_token = 12345678\nhttp_headers = { A = "good-header-9" }'),
  );
  const secrets = new Secrets();
  const result = await fixture.load({ secrets });
  expect(result.ok === false && result.errors[0]?.message).toBe(
    '"model_providers.p.experimental_bearer_token" is something else, but it must be a string.',
  );
  expect(secrets.holds("good-header-9")).toBe(true);
  fixture.write(".moat/config.toml", 'a = 1\nexperimental_bearer_token = "no-end');
  const [error] = await fixture.errors();
  expect(error?.message).not.toContain("no-end");
  expect(error?.message).toContain("experimental_bearer_token = …");
});

describe("a value that cannot be used is not repeated with what looks like a key", () => {
  const password = "hunter2Secret";
  test.each([
    ["another scheme", `openai_base_url = "ftp://user:${password}@h/v1"`],
    ["a scheme with a mistake", `openai_base_url = "htp:/user:${password}@h/v1"`],
    ["a password alone", `openai_base_url = "ftp://${password}@h/v1"`],
    ["a parameter", `openai_base_url = "ftp://h/v1?api_key=${password}"`],
    ["an address in the place of something else", `model_reasoning_effort = "https://u:${password}@h"`],
    ["no TOML behind a value", `model = "x" ${password}`],
    ["a line that only goes on", `notify = [\n"${password}" oops`],
    ["no TOML in a table", `[model_providers.p\nbase_url = "${password}"`],
    ["text without a name", `Authorization: Bearer ${password}`],
  ])("%s", async (_, toml) => {
    fixture.write(".moat/config.toml", toml);
    const [error] = await fixture.errors();
    expect(error?.message).toBeTruthy();
    expect(JSON.stringify(error)).not.toContain(password);
  });

  test.each([
    `openai_base_url="ftp://user:${password}@h/v1"`,
    `model_providers.x={base_url="ftp://h", experimental_bearer_token="${password}"}`,
    `=${password}`,
    `notify="sk-${password}-and-more"`,
  ])("-c %s", async (typed) => {
    const [error] = await fixture.errors({ overrides: [typed] });
    expect(error?.message).toStartWith("-c ");
    expect(JSON.stringify(error)).not.toContain(password);
  });

  test("what is none is shown", async () => {
    const [error] = await fixture.errors({ overrides: ["model_reasoning_effort=claude-sonnet-4-20250514"] });
    expect(error?.message).toContain('is "claude-sonnet-4-20250514"');
  });
});

test("which settings are not shown", () => {
  const secret = ["shell_environment_policy.set.GH_TOKEN", "mcp_servers.s.env.X", "model_providers.p.http_headers.X"];
  expect(secret.filter(isSecret)).toEqual(secret);
  expect(
    ["shell_environment_policy.set.NODE_ENV", "shell_environment_policy.inherit", "model"].filter(isSecret),
  ).toEqual([]);
});

test("of a value that is too long for a message its begin is shown, without a part of a key", () => {
  expect(masked("short token=abc")).toBe("short token=[key]");
  const long = masked(`${"word ".repeat(198)}sk-live-0123456789abcdef0123456789 ${"x".repeat(200_000)}`);
  expect(long).toStartWith("word word");
  expect(long).toEndWith("… (201025 characters)");
  expect(long).not.toContain("sk-live");
  expect(masked("x".repeat(200_000))).toBe("… (200000 characters)");
});
