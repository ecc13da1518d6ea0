import { describe, expect, test } from "bun:test";
import { app, commands } from "../table.ts";
import { VERBS } from "../verbs.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { manPage } from "./man.ts";
import { bareFlags, completedCommands } from "./model.ts";
import { powershellCompletion } from "./powershell.ts";
import { zshCompletion } from "./zsh.ts";

const table = completedCommands(commands);

/** What bash offers for a line whose last word is being typed. */
function bash(...words: string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(" ");
  const script = `${bashCompletion(table, bareFlags(app))}\nCOMP_WORDS=(${line})\nCOMP_CWORD=${words.length - 1}\n_moat\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = Bun.spawnSync(["bash", "--norc", "-c", script]);
  expect(stderr.toString()).toBe("");
  return stdout.toString().split("\n").filter(Boolean);
}

describe("bash", () => {
  test.each([
    [
      ["moat", "ex"],
      ["exec", "execpolicy"],
    ],
    [
      ["moat", "exec", "--json"],
      ["--json", "--json-deltas"],
    ],
    [
      ["moat", "exec", "re"],
      ["resume", "review"],
    ],
    [["moat", "exec", "-s", "w"], ["workspace-write"]],
    [["moat", "--model", "exec", "e", "--ephem"], ["--ephemeral"]],
    [["moat", "schema", "ev"], ["events"]],
    [["moat", "exec", "-m", "x"], []],
    [["moat", "-C", "sr"], ["src"]],
    [["moat", "--cd", "sr"], ["src"]],
    [["moat", "--screen"], ["--screen-reader"]],
    [["moat", "--cd", "=", "sr"], ["src"]],
    [
      ["moat", "exec", "--sandbox", "="],
      ["read-only", "workspace-write", "danger-full-access"],
    ],
    [["moat", "-a", "un"], ["untrusted"]],
    [["moat", "exec", "resume", "--unc"], ["--uncommitted"]],
    [["moat", "threads", "list", "re"], []],
    [["moat", "--local-provider", "o"], ["ollama"]],
  ])("%j", (words, offered) => expect(bash(...words)).toEqual(offered));
});

const shells = { zsh: ["zsh", "-n"], fish: ["fish", "--no-execute"] };
const scripts = { zsh: zshCompletion(table, bareFlags(app)), fish: fishCompletion(table, bareFlags(app)) };
for (const shell of ["zsh", "fish"] as const) {
  test.if(Bun.which(shell) !== null)(`${shell} can read its script`, () => {
    const { exitCode, stderr } = Bun.spawnSync([...shells[shell], "/dev/stdin"], {
      stdin: Buffer.from(scripts[shell]),
    });
    expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" });
  });
}

test("every script knows every flag that help shows, and no hidden one", () => {
  const all = [
    bashCompletion(table, bareFlags(app)),
    zshCompletion(table, bareFlags(app)),
    fishCompletion(table, bareFlags(app)),
    powershellCompletion(table),
  ];
  const flags = commands.filter(({ hidden }) => !hidden).flatMap((command) => command.flags());
  const hidden_everywhere = flags
    .filter((flag) => flag.hidden && !flags.some(({ name, hidden }) => name === flag.name && !hidden))
    .map(({ name }) => name);
  for (const script of all) {
    for (const { name } of flags.filter((flag) => !flag.hidden)) expect(script).toContain(name);
    for (const name of hidden_everywhere) expect(script).not.toContain(`--${name}`);
  }
});

test("what a usage names as a word is a verb with a sentence, and every verb is in a usage", () => {
  for (const { name, usage } of commands) {
    const named = (usage.split(" ")[0] ?? "").replace(/[[\]…]/g, "").split("|");
    const words = named.filter((word) => /^[a-z][a-z-]*$/.test(word));
    const verbs = (VERBS[name] ?? []).map((verb) => verb.name);
    expect({ name, missing: words.filter((word) => !verbs.includes(word)) }).toEqual({ name, missing: [] });
    for (const verb of verbs) expect(usage).toContain(verb);
  }
});

test("the manual page has every command, and reads without a complaint", () => {
  const page = manPage(commands, "1.2.3");
  for (const { name } of commands.filter(({ hidden }) => !hidden))
    expect(page).toContain(`.SS moat ${name.replace("-", "\\-")}`);
  if (Bun.which("groff") === null) return;
  const { stderr } = Bun.spawnSync(["groff", "-man", "-ww", "-z", "-Tutf8"], { stdin: Buffer.from(page) });
  expect(stderr.toString()).toBe("");
});
