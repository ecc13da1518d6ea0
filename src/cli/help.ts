import type { CommandSpec, FlagSpec } from "./spec.ts";
import { VERBS } from "./verbs.ts";

const GROUPS: CommandSpec["group"][] = ["Work", "Files", "Set-up", "Insight"];

/** Columns of a terminal that everybody has. */
const WIDTH = 80;
/** Widest left column; what is longer gets a line of its own. */
const MOST_LEFT = 30;

/** `-m, --model MODEL`; without a short name the long one stands where it would. */
function rawFlag({ name, short, value, aliases }: FlagSpec): string {
  const names = [`--${name}`, ...(aliases ?? []).map((alias) => `--${alias}`)].join(", ");
  return `${short ? `-${short}, ` : "    "}${names}${value ? ` ${value}` : ""}`;
}

/** Words in lines that are short enough. A word that is longer than a line stands alone. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function columns(rows: [string, string][]): string {
  const width = Math.min(MOST_LEFT, Math.max(...rows.map(([left]) => left.length)));
  const indent = " ".repeat(width + 4);
  return rows
    .map(([left, right]) => {
      const text = wrap(right, WIDTH - indent.length).join(`\n${indent}`);
      return left.length > width ? `  ${left}\n${indent}${text}` : `  ${left.padEnd(width)}  ${text}`;
    })
    .join("\n");
}

/** Lines that are laid out already stay as they are. */
function paragraph(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.startsWith(" ") ? line : wrap(line, WIDTH).join("\n")))
    .join("\n");
}

/** Help of one command. */
export function commandHelp(spec: CommandSpec): string {
  const flags = spec
    .flags()
    .filter(({ hidden }) => !hidden)
    .map((flag): [string, string] => [rawFlag(flag), flag.help]);
  const verbs = (VERBS[spec.name] ?? []).map(({ name, summary }): [string, string] => [name, summary]);
  const aliases = spec.aliases?.length ? ` (also: ${spec.aliases.join(", ")})` : "";
  return [
    paragraph(`${spec.summary}${aliases}`),
    `Usage:\n  moat ${spec.name} [FLAGS] ${spec.usage}`.trimEnd(),
    ...(verbs.length > 0 ? [`Commands:\n${columns(verbs)}`] : []),
    ...(spec.details ? [paragraph(spec.details)] : []),
    ...(flags.length > 0 ? [`Flags:\n${columns(flags)}`] : []),
    ...(spec.examples ? [`Examples:\n${spec.examples.map((line) => `  ${line}`).join("\n")}`] : []),
  ]
    .join("\n\n")
    .concat("\n");
}

const EXAMPLES = `Examples:
  moat demo                                      see it work, without a key
  moat                                           talk with it, in this directory
  moat exec "what does this project do?"         one task; the answer on stdout
  moat exec -s workspace-write "fix the tests"   let it write here, and nowhere else
  npm test 2>&1 | moat exec "why does this fail?"`;

/** The page behind `moat --help`. */
export function overview(commands: CommandSpec[], version: string): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  const left = (c: CommandSpec) => [c.name, ...(c.aliases ?? [])].join(", ");
  const width = Math.max(...shown.map((c) => left(c).length));
  const groups = GROUPS.map((group) => ({ group, rows: shown.filter((c) => c.group === group) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ group, rows }) => {
      const listed = rows.map((c): [string, string] => [left(c).padEnd(width), c.summary]);
      return `${group}:\n${columns(listed)}`;
    });
  return [
    `moat ${version}: a coding agent behind a moat that the kernel enforces`,
    "Usage:\n  moat [FLAGS] [PROMPT]\n  moat COMMAND [FLAGS] [ARGS]\n  moat --offline-except URL …   the same, with one address that can be reached",
    ...groups,
    EXAMPLES,
    paragraph(
      "`moat help COMMAND` tells more, `moat help repl` the flags of moat alone. A key comes from `moat login` or the environment (OPENAI_API_KEY and its kind); `moat doctor` says what is missing.",
    ),
  ]
    .join("\n\n")
    .concat("\n");
}
