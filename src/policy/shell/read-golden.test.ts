// How scripts are read, word by word, in each shell. `bun run goldens` writes the readings anew.
import { test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectGolden } from "../../testkit/golden.suite.ts";
import { readScript } from "./read-script.ts";
import type { SimpleCommand, Word } from "./word.ts";

const fixture = (name: string) => join(import.meta.dir, "fixtures", name);
/** `\n` is a line end, `\t` a tabulator; a backslash before a line end is written as `\\n`. */
const text = (line: string) =>
  line.replace(/\\\\n|\\n|\\t|\\x00/g, (found) => ({ "\\\\n": "\\\n", "\\n": "\n", "\\t": "\t" })[found] ?? "\0");

/** `‹text›` as far as it is known; `+`: may be several; `-`: may be an option; `"`: something in it is quoted. */
function word({ text, prefix, plain, many, bare, raw }: Word): string {
  const known = text === null ? `‹${prefix}…›` : `‹${text}›`;
  return `${known}${many ? "+" : ""}${plain ? "" : "-"}${bare ? "" : '"'}${raw === text ? "" : ` (${raw})`}`;
}

function command({ assignments, words, redirects, after_group, raw }: SimpleCommand): string[] {
  return [
    `  ${after_group ? "behind a group " : ""}${JSON.stringify(raw)}`,
    ...assignments.map(({ name, value }) => `    ${name} = ${word(value)}`),
    ...words.map((one) => `    ${word(one)}`),
    ...redirects.map(({ fd, op, target }) => `    ${fd ?? ""}${op} ${word(target)}`),
  ];
}

function reading(line: string, shell: "bash" | "zsh" | "sh"): string {
  const read = readScript(text(line), shell);
  return (read.ok ? read.commands.flatMap(command) : [`  not read: ${read.problem}`])
    .join("\n")
    .replaceAll("\0", "\\0");
}

test("scripts, word by word", async () => {
  const lines = readFileSync(fixture("scripts.txt"), "utf8").trimEnd().split("\n");
  const pages = lines.map((line) => {
    const bash = reading(line, "bash");
    const others = (["zsh", "sh"] as const).filter((shell) => reading(line, shell) !== bash);
    return [line, bash, ...others.map((shell) => `  by ${shell}:\n${reading(line, shell)}`)].join("\n");
  });
  await expectGolden(fixture("read.txt"), `${pages.join("\n")}\n`);
});
