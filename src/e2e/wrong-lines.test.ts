// Command lines that cannot be meant (exit code 2), and those that name what is not there (1): nothing is done, and it is said why.
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary, world } from "./harness.ts";

const NOWHERE = ["-C", "nowhere"];

test.each([
  ["exec", ["exec", ...NOWHERE, "hi"]],
  ["exec --json", ["exec", "--json", ...NOWHERE, "hi"]],
  ["exec resume", ["exec", "resume", "--last", ...NOWHERE, "hi"]],
  ["review", ["review", "--base", "main", ...NOWHERE]],
  ["repl", ["repl", ...NOWHERE]],
  ["proto", ["proto", ...NOWHERE]],
  ["mcp-server", ["mcp-server", ...NOWHERE]],
  ["init", ["init", "--yes", ...NOWHERE]],
  ["debug prompt-input", ["debug", "prompt-input", ...NOWHERE]],
  ["diff", ["diff", ...NOWHERE]],
])("-C to a directory that is not there: %s", async (_, args) => {
  await using w = await world([]);
  const ran = await w.moat(args, { stdin: "" });
  expect(ran).toMatchObject({
    exit: 1,
    // Who reads events gets the reason as one.
    stdout: args.includes("--json") ? expect.stringContaining('"type":"error"') : "",
    stderr: expect.stringMatching(/^moat.*: -C nowhere: there is no such directory\n$/),
  });
  expect(w.server.requests).toEqual([]);
});

test.each([
  ["a file", "plain", "it is no directory"],
  ["below a file", "plain/x", "a part of its path is no directory"],
  ["a name that no file system takes", "x".repeat(300), "its name is longer than the file system allows"],
])("-C to %s", async (_, named, why) => {
  await using w = await world([], { plain: "" });
  expect(await w.moat(["exec", "-C", named, "hi"])).toMatchObject({ exit: 1, stderr: `moat: -C ${named}: ${why}\n` });
});

test.each([
  [["--version", "more"]],
  [["-V", "--json", "more"]],
  [["models", "more"]],
  [["logout", "more"]],
  [["demo", "more"]],
  [["man", "more"]],
  [["doctor", "--", "more"]],
  [["diff", "more"]],
  [["init", "more"]],
  [["update", "more"]],
  [["proto", "more"]],
  [["mcp-server", "more"]],
  [["config", "path", "more"]],
  [["config", "schema", "more"]],
  [["sandbox", "--net", "proxy:a..b", "--", "true"]],
])("%p does nothing", async (args) => {
  await using w = await world([]);
  const ran = await w.moat(args, { stdin: "" });
  expect(ran).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringMatching(/^moat/) });
});

const LONG = "x".repeat(20_000);

test.each([
  ["-i", ["exec", "-i", LONG, "hi"], 1],
  ["-o", ["exec", "-o", LONG, "hi"], 1],
  ["--output-schema", ["exec", "--output-schema", LONG, "hi"], 1],
  ["-C", ["exec", "-C", LONG, "hi"], 1],
])("a name that no file system takes: %s", async (_, args, exit) => {
  await using w = await world([]);
  const ran = await w.moat(args);
  expect(ran).toMatchObject({
    exit,
    stdout: "",
    stderr: expect.stringContaining("longer than the file system allows"),
  });
  expect(w.server.requests).toEqual([]);
});

test("`moat help help` is the page of all commands", async () => {
  await using w = await world([]);
  const [first, second] = [await w.moat(["help"]), await w.moat(["help", "help"])];
  expect(second).toMatchObject({ exit: 0, stdout: first.stdout, stderr: "" });
});

test("`moat config list` where nothing is set says so to people, and to programs nothing", async () => {
  await using w = await world([]);
  const env = { OPENAI_BASE_URL: "" };
  const told = await w.moat(["config", "list"], { env });
  expect(told).toMatchObject({ exit: 0, stdout: "", stderr: expect.stringContaining("nothing is set") });
  expect(await w.moat(["config", "list", "--json"], { env })).toMatchObject({ exit: 0, stdout: "[]\n", stderr: "" });
});

test.skipIf(process.platform !== "linux")(
  "where the current directory was removed, moat says so in its own words",
  async () => {
    await using w = await world([]);
    const gone = w.project.path("gone");
    mkdirSync(gone);
    writeFileSync(join(w.home, "run"), 'cd "$1" && rmdir "$1" && shift && exec "$@"\n');
    for (const args of [["exec", "hi"], ["--version"], ["apply-patch", "x"]]) {
      mkdirSync(gone, { recursive: true });
      const child = Bun.spawnSync(["sh", join(w.home, "run"), gone, binary, ...args], { env: w.env });
      expect([child.exitCode, child.stderr.toString()]).toEqual([
        1,
        expect.stringContaining(
          "moat was not started, because its current directory was removed. Go into one that is there",
        ),
      ]);
    }
    expect(w.server.requests).toEqual([]);
  },
);
