import type { ShellState } from "./contract.ts";

type Names = Map<string, string>;

/**
 * The lists that bash prints of all functions, aliases and variables at once, each name by itself: to ask for one after the other costs ten times
 * as much. Throws where a list cannot be told apart.
 */
export function withNames(listed: ShellState): ShellState {
  const list = (kind: string) => `${listed.get(kind)?.get("-") ?? ""}\n`;
  const marks = list("marks").match(/^declare -\S+ \S+$/gm) ?? [];
  const { variables, exported } = splitVariables(list("variables"));
  return new Map([
    ...listed,
    [
      "function",
      splitFunctions(
        list("functions"),
        marks.map((line) => line.replace(/^\S+ \S+ /, "")),
      ),
    ],
    ["alias", split(list("aliases"), ALIAS, (statement, _flags, name) => [name, statement])],
    ["variable", variables],
    ["exported", exported],
  ]);
}

/** A word as bash prints it: quoted in one of its ways, or plain; an array is words in brackets. */
const WORD = String.raw`(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*"|\$'[^'\\]*(?:\\[\s\S][^'\\]*)*'|'[^']*'|\\[\s\S]|[^\n"'\\])*`;
const ALIAS = new RegExp(`alias (-- )?([^=\\n]*)=(${WORD})\\n`, "y");
const VARIABLE = new RegExp(`declare (-\\S+) (\\w+)(?:=(${WORD}))?\\n`, "y");

/** Statements one after the other, up to the end of the list. */
function split(
  list: string,
  form: RegExp,
  take: (statement: string, flags: string, name: string, value: string | undefined) => [name: string, text: string],
): Names {
  const found: Names = new Map();
  form.lastIndex = 0;
  for (let at = 0; list.slice(at).trim() !== ""; at = form.lastIndex) {
    const [statement, flags = "", name = "", value] = form.exec(list) ?? [];
    if (statement === undefined) throw new Error(`bash prints what is not understood: ${list.slice(at, at + 80)}`);
    found.set(...take(statement.slice(0, -1), flags, name, value));
  }
  return found;
}

function splitVariables(list: string): { variables: Names; exported: Names } {
  const exported: Names = new Map();
  const variables = split(list, VARIABLE, (statement, flags, name, value) => {
    if (value !== undefined && flags.includes("x") && !/[aA]/.test(flags)) exported.set(name, plain(value));
    return [name, statement];
  });
  return { variables, exported };
}

/** Functions are printed in the order of their marks. What looks like the next one in a here-document goes with its text all the same. */
function splitFunctions(list: string, names: readonly string[]): Names {
  let at = 0;
  const starts = names.map((name) => {
    at = startOf(list, name, at);
    return at;
  });
  return new Map(names.map((name, index) => [name, list.slice(starts[index], starts[index + 1]).trimEnd()]));
}

function startOf(list: string, name: string, from: number): number {
  for (const head of [`${name} () \n`, `function ${name} () \n`]) {
    if (list.startsWith(head, from)) return from;
    const found = list.indexOf(`\n${head}`, from);
    if (found !== -1) return found + 1;
  }
  throw new Error(`bash does not print its function ${name}`);
}

const ESCAPED: Record<string, string> = {
  ...{ E: "\x1b", a: "\x07", b: "\b", f: "\f" },
  ...{ n: "\n", r: "\r", t: "\t", v: "\v" },
};

/** What a printed word stands for. */
function plain(word: string): string {
  if (word.startsWith('"')) return word.slice(1, -1).replace(/\\([\s\S])/g, "$1");
  if (!word.startsWith("$'")) return word;
  const value = word.slice(2, -1).replace(/((?:\\[0-7]{3})+)|\\([\s\S])/g, (_, bytes?: string, letter = "") => {
    if (bytes === undefined) return ESCAPED[letter] ?? letter;
    return Buffer.from(
      bytes
        .slice(1)
        .split("\\")
        .map((digits) => Number.parseInt(digits, 8)),
    ).toString("utf8");
  });
  if (value.includes("\ufffd")) throw new Error("it sets something that is not UTF-8");
  return value;
}
