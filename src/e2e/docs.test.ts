// README and docs: every command line in a block is run, every one in a sentence can be understood, every link leads somewhere.
import { describe, expect, test } from "bun:test";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { REPOSITORY } from "../../scripts/build/address.ts";
import { parseLine } from "../cli/parse.ts";
import { app, commands } from "../cli/table.ts";
import { call, chatEvents, type RecordedRequest, respond, say } from "../testkit/index.ts";
import { binary, type TestWorld, world } from "./harness.ts";
import { fakeProgram, type Site, serveReleases } from "./release/site.ts";

const root = join(import.meta.dir, "..", "..");
const pages = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "AGENTS.md"],
  ...readdirSync(join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
];
const read = (page: string) => readFileSync(join(root, page), "utf8");
const manifest = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** Command lines of the shell blocks of a page, block by block, without comments. */
function blocks(page: string): string[][] {
  return [...read(page).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = ""]) =>
    text.split("\n").flatMap((line) => line.replace(/\s+#\s.*$/, "").trim() || []),
  );
}

/** Lines that end otherwise than with 0 here, and why. */
const ENDS: Record<string, number> = {
  // Without a terminal it says what to do instead; src/e2e/repl.test.ts has the conversation.
  moat: 2,
};

/** Names of our own scripts are looked up: the suite that this test is part of cannot be started from here. */
function isScript(line: string): boolean {
  const [first = "", second, third = ""] = line.split(" ");
  if (first.startsWith("./scripts/")) return existsSync(join(root, first));
  return first === "bun" && second === "run" && third in manifest.scripts;
}

/** A model that speaks both wires and is done at once; where proof is asked for, it runs the tests first. */
function answer({ path, raw }: RecordedRequest, proves: boolean) {
  if (path.endsWith("/chat/completions")) return chatEvents([say("done")], { type: "completed" });
  return respond(
    !proves || raw.includes("function_call_output")
      ? say("done")
      : call("exec_command", { cmd: "npm test", login: false }, "c1"),
  );
}

/** What a reader has: a repository with something changed, moat on the PATH, releases at an address. */
async function reader(site: Site): Promise<{ w: TestWorld; env: Record<string, string>; model: { proves: boolean } }> {
  const model = { proves: false };
  const files = {
    "package.json": '{"name":"x","version":"1.0.0","scripts":{"test":"true"}}',
    "src/main.ts": "export {};\n",
  };
  const w = await world((request) => answer(request, model.proves), files);
  for (const args of [
    ["add", "-A"],
    ["commit", "-qm", "base"],
  ])
    Bun.spawnSync(["git", ...args], { cwd: w.project.dir });
  writeFileSync(w.project.path("src/main.ts"), "// TODO\n");
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  const bin = join(w.home, "path");
  mkdirSync(bin);
  linkSync(binary, join(bin, "moat"));
  if (Bun.which("jq") === null) writeFileSync(join(bin, "jq"), "#!/bin/sh\nexec cat\n", { mode: 0o755 });
  const env = { ...w.env, PATH: `${bin}:${w.env.PATH}`, MOAT_BASE_URL: site.url, OLLAMA_BASE_URL: w.server.url };
  return { w, env, model };
}

/** What somebody has who comes from another agent. */
function otherAgents(home: string): void {
  const hooks = { PostToolUse: [{ matcher: "Edit|Write", hooks: [{ type: "command", command: "true" }] }] };
  const files = {
    ".codex/config.toml": 'model_reasoning_effort = "high"\n',
    ".codex/hooks.json": JSON.stringify({ hooks }),
    ".codex/AGENTS.md": "Be brief.\n",
    ".codex/rules/default.rules": 'for verb in ["push"]:\n    prefix_rule(pattern=["git", verb], decision="prompt")\n',
    ".claude/settings.json": JSON.stringify({ permissions: { deny: ["Bash(curl:*)"] }, env: { A: "b" }, hooks }),
    ".claude/CLAUDE.md": "Be brief.\n",
    ".config/opencode/opencode.json": JSON.stringify({ permission: { bash: { "git push *": "ask" }, edit: "deny" } }),
    ".gemini/settings.json": JSON.stringify({ tools: { exclude: ["run_shell_command(curl)"] } }),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
}

describe("blocks", () => {
  const script = read("scripts/install.sh");
  for (const page of pages) {
    for (const [index, lines] of blocks(page).entries()) {
      test(`${page}, block ${index + 1}`, async () => {
        using site = serveReleases({ "0.1.0": fakeProgram("0.1.0"), "9.9.9": fakeProgram("9.9.9") });
        site.instead.set("download/v9.9.9/install.sh", Buffer.from(script.replaceAll("@RELEASES@", site.url)));
        const { w, env, model } = await reader(site);
        await using _ = w;
        if (page === "docs/coming-from.md") otherAgents(w.home);
        for (const line of lines) {
          if (isScript(line)) continue;
          model.proves = line.includes("--require-evidence");
          const here = line
            .replaceAll(`${REPOSITORY}/releases`, site.url)
            .replaceAll(/--offline-except \S+/g, `--offline-except ${w.server.url}`);
          const child = Bun.spawn(["bash", "-o", "pipefail", "-c", here], {
            cwd: w.project.dir,
            env,
            stdin: "ignore",
            stdout: "pipe",
            stderr: "pipe",
          });
          const [stdout, stderr] = await Promise.all([
            new Response(child.stdout).text(),
            new Response(child.stderr).text(),
          ]);
          const exit = await child.exited;
          const wanted = ENDS[line] ?? 0;
          expect({ line, exit, said: exit === wanted ? "" : stdout + stderr }).toEqual({
            line,
            exit: wanted,
            said: "",
          });
        }
      });
    }
  }

  test("a wrong line would be noticed", () =>
    expect(isScript("./scripts/no-such") || isScript("bun run no-such")).toBe(false));
});

test("command lines in sentences name commands and flags that there are", () => {
  const wrong = pages.flatMap((page) =>
    [
      ...read(page)
        .replace(/```[\s\S]*?```/g, "")
        .matchAll(/`moat ([^`\n]+)`/g),
    ].flatMap(([, text = ""]) => {
      const words = text
        .replace(/\|.*$/, "")
        .split(" ")
        .filter((word) => !/^[[…<]/.test(word));
      const first = words[0] ?? "";
      if (["help", "--help", "--version", "--offline-except"].includes(first) || !/^[a-z-]/.test(first)) return [];
      const parsed = parseLine(words, commands, app);
      if (parsed.ok && (parsed.command !== null || first.startsWith("-"))) return [];
      return [`${page}: moat ${text}: ${parsed.ok ? "no such command" : parsed.message}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test("links lead to files that there are, and the index has every page", () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].flatMap(([, to = ""]) =>
      /^https?:/.test(to) || existsSync(join(root, dirname(page), to)) ? [] : [`${page}: ${to}`],
    ),
  );
  expect(broken).toEqual([]);
  const index = read("docs/README.md");
  const missing = pages.filter(
    (page) => page.startsWith("docs/") && page !== "docs/README.md" && !index.includes(`(${page.slice(5)})`),
  );
  expect(missing).toEqual([]);
});

test("where the project lives is written the same everywhere", () => {
  const owner = new URL(REPOSITORY).pathname.slice(1);
  for (const page of ["README.md", "docs/install.md"]) expect(read(page)).toContain(`${REPOSITORY}/releases/latest`);
  expect(read("docs/ci.md")).toContain(`uses: ${owner}@v1`);
  expect(read("docs/install.md")).toContain(`--repo ${owner}`);
});
