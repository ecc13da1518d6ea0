import { describe, expect, test } from "bun:test";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { manPage } from "./completion/man.ts";
import { completedCommands } from "./completion/model.ts";
import { zshCompletion } from "./completion/zsh.ts";
import { absent } from "./elsewhere.ts";
import { fakeHost } from "./fixtures/host.ts";
import { flag, helpFlags } from "./flags.ts";
import { runCli } from "./run.ts";
import type { CommandSpec } from "./spec.ts";
import { app, commands } from "./table.ts";

/** Runs a command line without a terminal, or with one. */
async function cli(argv: string[], table?: CommandSpec[], terminal = false) {
  const place = { cwd: "/proc/nowhere", home: "/proc/nowhere", moat_home: "/proc/nowhere/.moat" };
  const { host, said } = fakeHost({ ...place, version: "1.2.3", stdin_is_tty: terminal, stdout_is_tty: terminal });
  return { exit: await runCli(argv, host, table), ...said };
}

const fake: CommandSpec = {
  name: "frobnicate",
  aliases: ["fr"],
  usage: "[THING]",
  summary: "Frobnicate a thing",
  group: "Work",
  details: "It is done once.",
  examples: ["moat frobnicate it"],
  flags: () => [
    flag("gently", "With care", { short: "g", value: "HOW" }),
    flag("old", "No more", { hidden: true }),
    ...helpFlags(),
  ],
  load: async () => ({
    run: async ({ args, flags, host }) => {
      host.stdout(JSON.stringify({ args, flags }));
      return 7;
    },
  }),
};
const table = [...commands, fake];

describe("one table", () => {
  test("a command in it is in help, in every completion and in the manual page, and it runs", async () => {
    expect((await cli(["--help"], table)).stdout).toContain("frobnicate, fr");
    const help = (await cli(["help", "fr"], table)).stdout;
    for (const text of [
      "Frobnicate a thing",
      "-g, --gently HOW",
      "With care",
      "It is done once.",
      "moat frobnicate it",
    ])
      expect(help).toContain(text);
    expect(help).not.toContain("--old");
    expect((await cli(["frobnicate", "--help"], table)).stdout).toBe(help);
    const completed = completedCommands(table);
    for (const script of [bashCompletion(completed, []), zshCompletion(completed, []), fishCompletion(completed, [])]) {
      expect(script).toContain("frobnicate");
      expect(script).toContain("gently");
    }
    expect(manPage(table, "1")).toContain("frobnicate");
    expect(await cli(["fr", "x", "--gently=007"], table)).toEqual({
      exit: 7,
      stdout: JSON.stringify({ args: ["x"], flags: { gently: "007" } }),
      stderr: "",
    });
    expect((await cli(["frobnicat"], table)).stderr).toContain("did you mean frobnicate?");
  });

  test("no name and no alias stands for two things", () => {
    const names = [...commands, app].flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
    const all = [...names, ...Object.keys(absent)];
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  test("no flag of a command stands for two things", () => {
    for (const { name, flags } of [...commands, app]) {
      const long = flags().flatMap((one) => [one.name, ...(one.aliases ?? [])]);
      const short = flags().flatMap((one) => one.short ?? []);
      for (const list of [long, short])
        expect(`${name}: ${list.filter((word, index) => list.indexOf(word) !== index)}`).toBe(`${name}: `);
    }
  });

  test("every command has a summary that fits beside its name, and its help fits a terminal", async () => {
    const overview = (await cli(["--help"])).stdout;
    expect(overview.split("\n").length).toBeLessThan(60);
    for (const { name } of commands) {
      const { stdout } = await cli([name, "--help"]);
      const usage = new Set(
        [...stdout.matchAll(/^Usage:\n(.*)$|^Examples:\n([\s\S]*)/gm)].flatMap(([, a, b]) => [
          a,
          ...(b ?? "").split("\n"),
        ]),
      );
      const wide = stdout.split("\n").filter((line) => line.length > 80 && !usage.has(line));
      expect(wide).toEqual([]);
    }
    expect(overview.split("\n").filter((line) => line.length > 84)).toEqual([]);
  });
});

describe("what is mistyped, planned or elsewhere", () => {
  test.each(Object.keys(absent))("%s is not part of moat", async (word) => {
    const ran = await cli([word, "--whatever"]);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain(`${word} is not part of moat: `);
  });

  test("suggestions for commands and flags", async () => {
    expect((await cli(["exce"])).stderr).toContain("did you mean exec?");
    expect((await cli(["help", "sandbx"])).stderr).toContain("did you mean sandbox?");
    expect((await cli(["exec", "--jsn"])).stderr).toContain("did you mean --json?");
    expect((await cli(["--modle", "x"])).stderr).toContain("did you mean --model?");
    expect((await cli(["exec", "--model"])).stderr).toContain("--model needs a value");
  });

  test("without a terminal there is a hint; a mistyped command is one also on a terminal", async () => {
    const hint = await cli([]);
    expect(hint.exit).toBe(2);
    expect(hint.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(hint.stderr).toContain("moat exec");
    expect((await cli(["fix the tests"])).stderr).toBe(hint.stderr);
    expect((await cli(["exce"], commands, true)).exit).toBe(2);
    expect(await cli(["-m", "x", "--version"])).toMatchObject({ exit: 0, stdout: "moat 1.2.3\n" });
  });
});
