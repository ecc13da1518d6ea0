// The published programs, asked again: what the tables beside this file say of them must still be so. From npm, with --full only.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { respond, say, startModelServer, tempProject } from "../../testkit/index.ts";
import { HOOK_CASES, type HookCase } from "./hook-cases.ts";
import { instructionsIn, LAYOUTS } from "./layouts.ts";
import { RULE_CASES, ruleAnswer } from "./rule-cases.ts";
import { hookAnswer, hookScript, hooksOf } from "./run-case.ts";

const full = process.env.MOAT_TEST_FULL === "1";
const base = process.env.MOAT_TEST_PEERS ?? mkdtempSync(join(tmpdir(), "moat-peers-"));
const programs = { claude: "", codex: "" };

beforeAll(async () => {
  if (!full) return;
  if (process.env.MOAT_TEST_PEERS === undefined) {
    const dependencies = { "@openai/codex": "0.171.0", "@anthropic-ai/claude-code": "2.1.332" };
    writeFileSync(join(base, "package.json"), JSON.stringify({ private: true, dependencies }));
    const install = Bun.spawn(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], {
      cwd: base,
      stdout: "ignore",
      stderr: "inherit",
    });
    expect(await install.exited).toBe(0);
  }
  const found = (directory: string, name: string) =>
    readdirSync(join(base, "node_modules", directory), { recursive: true, withFileTypes: true }).find(
      (file) => file.isFile() && file.name === name && file.parentPath.includes("linux"),
    );
  for (const [name, directory] of [
    ["claude", "@anthropic-ai"],
    ["codex", "@openai"],
  ] as const) {
    const file = found(directory, name);
    programs[name] = file === undefined ? "" : join(file.parentPath, file.name);
  }
});
afterAll(() => {
  if (process.env.MOAT_TEST_PEERS === undefined) rmSync(base, { recursive: true, force: true });
});

async function runProgram(argv: string[], cwd: string, env: Record<string, string>): Promise<number> {
  const PATH = process.env.PATH ?? "";
  const child = Bun.spawn(argv, { cwd, env: { PATH, ...env }, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  return child.exited;
}

async function claude(one: HookCase) {
  const server = await startModelServer(hookScript(one, "claude"));
  using home = tempProject({ ".claude/settings.json": JSON.stringify({ hooks: hooksOf(one) }), "w/.git/HEAD": "" });
  const quiet = ["DISABLE_TELEMETRY", "DISABLE_ERROR_REPORTING", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"];
  const env = {
    HOME: home.dir,
    ANTHROPIC_BASE_URL: server.url.replace(/\/v1$/, ""),
    ANTHROPIC_API_KEY: "sk-x",
    DISABLE_AUTOUPDATER: "1",
    ...Object.fromEntries(quiet.map((name) => [name, "1"])),
  };
  const exit = await runProgram([programs.claude, "-p", "go", "--allowedTools", "Bash"], home.path("w"), env);
  server.stop();
  return hookAnswer(exit, home.dir, server.requests);
}

const configOf = (url: string) =>
  `model = "gpt-5.5"\nmodel_provider = "x"\n[model_providers.x]\nname = "x"\nbase_url = "${url}"\nwire_api = "responses"\n`;

async function codex(one: HookCase) {
  const server = await startModelServer(hookScript(one, "codex"));
  using home = tempProject({
    ".codex/config.toml": configOf(server.url),
    ".codex/hooks.json": JSON.stringify({ hooks: hooksOf(one) }),
  });
  mkdirSync(home.path("w"));
  const free = ["--dangerously-bypass-hook-trust", "--dangerously-bypass-approvals-and-sandbox"];
  const argv = [programs.codex, "exec", "--json", "--skip-git-repo-check", ...free, "go"];
  const exit = await runProgram(argv, home.path("w"), { HOME: home.dir, CODEX_HOME: home.path(".codex") });
  server.stop();
  return hookAnswer(exit, home.dir, server.requests);
}

describe.if(full)("hooks", () => {
  for (const one of HOOK_CASES) {
    test(`Claude Code: ${one.name}`, async () => expect(await claude(one)).toEqual(one.claude));
    test(`codex: ${one.name}`, async () => expect(await codex(one)).toEqual(one.codex));
  }
});

describe.if(full)("rules", () => {
  for (const { name, rules, command, flags = [], codex: answer } of RULE_CASES) {
    test(`codex: ${name}`, async () => {
      using home = tempProject({ "a.rules": rules });
      const argv = [programs.codex, "execpolicy", "check", "-r", home.path("a.rules"), ...flags, ...command];
      const env = { PATH: process.env.PATH ?? "", HOME: home.dir, CODEX_HOME: home.dir };
      const child = Bun.spawn(argv, { cwd: home.dir, env, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
      const stdout = await new Response(child.stdout).text();
      expect(ruleAnswer(await child.exited, stdout)).toEqual(answer);
    });
  }
});

describe.if(full)("AGENTS.md", () => {
  for (const { name, files, links = {}, cwd = ".", config = "", no_git, codex: text } of LAYOUTS) {
    test(`codex: ${name}`, async () => {
      const server = await startModelServer(() => respond(say("over")));
      const own = (path: string) => path.replace(/^home\//, ".codex/").replace(/^project\//, "w/");
      const laid = Object.entries(files).map(([path, content]) => [own(path), Buffer.from(content as string)] as const);
      using home = tempProject({
        ...Object.fromEntries(laid),
        ".codex/config.toml": `${config}${configOf(server.url)}`,
        ...(no_git ? {} : { "w/.git/HEAD": "" }),
      });
      const directory = home.path(join("w", cwd));
      mkdirSync(directory, { recursive: true });
      for (const [path, target] of Object.entries(links)) symlinkSync(target, home.path(own(path)));
      const argv = [programs.codex, "exec", "--skip-git-repo-check", "go"];
      await runProgram(argv, directory, { HOME: home.dir, CODEX_HOME: home.path(".codex") });
      server.stop();
      const asked = server.requests.find(({ path }) => path.endsWith("/responses"));
      expect(instructionsIn((asked?.body as { input: [] } | undefined)?.input ?? [], directory)).toBe(text);
    });
  }
});
