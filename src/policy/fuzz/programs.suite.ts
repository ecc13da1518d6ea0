// Arguments for the programs of the table: what is listed, what their help names, and what is known to act.
import { GIT_ROWS, ROWS } from "../table/lookup.ts";
import type { OptionUsage } from "../usage.ts";
import { WRAPPERS } from "../wrappers.ts";
import { PIECES } from "./pieces.suite.ts";
import type { Random } from "./random.suite.ts";

/** Options that the help of a program names, by program. */
export type Helps = Record<string, string[]>;

/** The options of a list: those that stand alone, those that take the next word, and those whose value is in the same word. */
export function optionsOf(usage: OptionUsage): { alone: string[]; separate: string[]; glued: string[] } {
  const { flags = "", values = "", next = "", optional = "", long = "", words = "", numbers = false } = usage;
  const names = (text: string) => text.split(" ").filter(Boolean);
  const letters = (text: string) => [...text].map((letter) => `-${letter}`);
  const ending = (pattern: RegExp) =>
    names(long)
      .filter((name) => pattern.test(name))
      .map((name) => name.replace(/\[?=\]?$/, ""));
  return {
    alone: [...letters(flags + optional), ...names(words), ...ending(/[^=]$/), ...(numbers ? ["-5"] : [])],
    separate: [...letters(values + next), ...ending(/[^[]=$/)],
    glued: [...letters(values + optional), ...ending(/=\]?$/)],
  };
}

export const glue = (option: string, value: string) => option + (option.startsWith("--") ? "=" : "") + value;

function listed(r: Random, usage: OptionUsage): string[] {
  const { alone, separate, glued } = optionsOf(usage);
  const kind = r.below(4);
  if (kind === 0 && separate.length > 0) return [r.pick(separate), r.pick(PIECES.values)];
  if (kind === 1 && glued.length > 0) return [glue(r.pick(glued), r.pick(PIECES.values))];
  return alone.length === 0 ? [] : [r.pick(alone)];
}

/** An option of the help, whole, shortened, or with a value. */
function helped(r: Random, names: readonly string[]): string[] {
  const name = r.pick(names);
  const shown = r.oneIn(3) && name.startsWith("--") ? name.slice(0, 3 + r.below(name.length)) : name;
  const value = r.pick([...PIECES.values, ...PIECES.operands]);
  return r.pick([[shown], [shown], [shown, value], [glue(shown, value)]]);
}

function cluster(r: Random): string {
  return `-${r.some(1, 3, () => r.pick([..."abcdefghijklmnopqrstuvwxyzABCDEFGHILMNOPQRSTUVWXZ01"])).join("")}`;
}

function args(r: Random, usage: OptionUsage | null, help: readonly string[]): string[] {
  return r
    .some(0, 4, () => {
      if (r.oneIn(3)) return [r.pick(PIECES.operands)];
      if (usage !== null && r.oneIn(2)) return listed(r, usage);
      if (help.length > 0 && r.oneIn(2)) return helped(r, help);
      return [r.oneIn(3) ? cluster(r) : r.pick(PIECES.acting)];
    })
    .flat();
}

function awkProgram(r: Random): string {
  const token = () => r.pick(PIECES.awk);
  if (r.oneIn(2)) return r.some(2, 10, token).join(r.pick(["", " "]));
  const opens = r.pick(['/"/', '/"#/', "/#/", '/[/"]/', '/[^]"/', '/\\"/', '"/"', '/x/ "/', "/"]);
  const acts = r.pick(['print "x" > "out"', 'print "touch out" | "sh"', 'system("touch out")', 'printf "x" >> "out"']);
  const closes = r.pick(['"', '#"', '/"', '"/', "/", "#", '/#"/', ""]);
  const body = `${r.oneIn(2) ? "x=1;" : ""}${r.pick(PIECES.awk_before_slash)} ${opens}; ${acts}; ${closes}`;
  return r.pick([
    `BEGIN{${body}}`,
    `BEGIN{${body}\n}`,
    `{${body}\n}`,
    body,
    `${body}\n`,
    `function f(y){${body}\n}BEGIN{f(1)}`,
  ]);
}

function special(r: Random, program: string): string[] | null {
  if (program === "sed") {
    const script = r.some(1, 9, () => r.pick(PIECES.sed)).join("");
    return [
      ...r.pick([[], ["-n"], ["-E"], ["-e"], ["-i"], ["-nE"], ["-ne"]]),
      script,
      ...r.some(0, 2, () => r.pick(PIECES.operands)),
    ];
  }
  if (/awk$/.test(program)) {
    const options = r.pick([[], [], ["-F:"], ["-v", "n=1"], ["-f", "x"], ["-F", "/"], ["-e", "1"], ["-i", "inplace"]]);
    return [...options, awkProgram(r), ...r.some(0, 2, () => r.pick([...PIECES.operands, "x=1", "/dev/null"]))];
  }
  if (program === "find") return [...r.pick([[], ["."], ["src"]]), ...r.some(1, 9, () => r.pick(PIECES.find))];
  return null;
}

/** The words of a command, and which of them it would act through. */
export interface Words {
  words: string[];
  bait: number | null;
}

function bait(r: Random): Words {
  const [before, words, after] = r.pick(PIECES.baits);
  const behind = after ?? r.some(0, 1, () => r.pick(["a", "b", "in"]));
  return { words: [...before, r.pick(words), ...behind], bait: before.length };
}

/** Programs that read whatever their words are have little to find. */
const JUDGED = ROWS.filter((row) => row.usage !== "any");

/** One command. What may hang or take long is stopped by whoever runs it. */
export function programCommand(r: Random, helps: Helps, depth = 0): Words {
  const kind = r.below(16);
  if (kind < 6) return bait(r);
  if (kind < 9 && depth < 3) return wrapped(r, helps, depth);
  return { words: anything(r, helps, kind), bait: null };
}

function anything(r: Random, helps: Helps, kind: number): string[] {
  if (kind < 11) {
    const row = r.pick(GIT_ROWS);
    const global = r.oneIn(8)
      ? r.pick([["--no-pager"], ["-c", "core.pager=./x"], ["-C", "bare"], ["-p"], ["--git-dir=bare"]])
      : [];
    const name = r.pick(row.programs).split(" ");
    return [
      "git",
      ...global,
      ...name,
      ...args(r, typeof row.usage === "string" ? null : row.usage, helps[`git ${name[0]}`] ?? []),
    ];
  }
  if (kind < 13) {
    const program = r.pick(["sed", "awk", "find"]);
    return [program, ...(special(r, program) ?? [])];
  }
  const row = r.pick(kind < 15 ? JUDGED : ROWS);
  const [program = "", ...more] = r.pick(row.programs).split(" ");
  // They wait, or print without end.
  if (["yes", "sleep", "for", "[[", "wait"].includes(program)) return ["cat", "a"];
  const words = special(r, program) ?? args(r, typeof row.usage === "string" ? null : row.usage, helps[program] ?? []);
  const close = program === "[" ? ["]"] : [];
  return [program, ...more, ...words, ...close];
}

function wrapped(r: Random, helps: Helps, depth: number): Words {
  const name = r.pick(Object.keys(WRAPPERS));
  const wrapper = WRAPPERS[name];
  // A word that is taken for a value here may be the program elsewhere.
  const misread = { words: [r.pick(["touch", "./x"]), ...r.some(0, 1, () => "out"), "cat"], bait: null };
  const inner = r.oneIn(3) ? misread : programCommand(r, helps, depth + 1);
  const options = r.some(0, 2, () => {
    if (wrapper !== undefined && r.oneIn(2)) return listed(r, wrapper.usage);
    return (helps[name] ?? []).length > 0 && r.oneIn(2) ? helped(r, helps[name] ?? []) : [cluster(r)];
  });
  const operands = wrapper?.operand !== undefined ? [r.pick(["1", "5s", "cat", "./x"])] : [];
  const settings =
    name === "env" ? r.pick([[], ["TZ=UTC"], ["A=1"], ["-i"], ["-u", "GIT_CONFIG_COUNT"], ["PATH=10"], ["-"]]) : [];
  const before = [name, ...options.flat(), ...settings, ...operands];
  return { words: [...before, ...inner.words], bait: inner.bait === null ? null : before.length + inner.bait };
}
