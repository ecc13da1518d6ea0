import { readScript } from "../shell/read-script.ts";
import { literal } from "../shell/word.ts";
import { Arguments } from "./arguments.ts";
import { matchWords } from "./match.ts";
import type { PrefixRule, RuleDecision, RuleError, RulePlace } from "./rule.ts";
import type { Call } from "./starlark/value.ts";

const NAMES = [
  "pattern",
  "decision",
  "justification",
  "match",
  "not_match",
  "sandboxed",
  "write",
  "network",
  "sockets",
  "read",
];
const DECISIONS: readonly string[] = ["allow", "prompt", "forbidden"];

interface Example {
  words: string[];
  place: RulePlace;
}

/** Reads `prefix_rule(…)` and checks it against its own examples. */
export function readPrefixRule(call: Call): { rule: PrefixRule; errors: RuleError[] } {
  const args = new Arguments(call, NAMES);
  const decision = args.string("decision") ?? "allow";
  if (!DECISIONS.includes(decision)) {
    args.fail(args.value("decision")?.place ?? call.place, `\`decision\` must be one of ${DECISIONS.join(", ")}`);
  }
  const rule: PrefixRule = {
    pattern: readPattern(call, args),
    decision: decision as RuleDecision,
    sandboxed: args.boolean("sandboxed"),
    justification: args.string("justification"),
    place: call.place,
    ...readOpenings(args),
  };
  if (rule.justification?.trim() === "")
    args.fail(args.value("justification")?.place ?? call.place, "`justification` is empty");
  const examples = { match: readExamples(args, "match"), not_match: readExamples(args, "not_match") };
  if (args.errors.length === 0) checkExamples(rule, examples, args);
  return { rule, errors: args.errors };
}

const PATHS = ["write", "sockets", "read"] as const;

/** What an `allow` rule opens inside the sandbox; anywhere else it would say nothing, so it is an error there. */
function readOpenings(args: Arguments): Pick<PrefixRule, "network" | (typeof PATHS)[number]> {
  const network = readNetwork(args);
  const named = PATHS.map((name) => [name, args.strings(name)] as const).filter(([, paths]) => paths.length > 0);
  const place = [...PATHS, "network"].map((name) => args.value(name)?.place).find(Boolean);
  const inside = args.boolean("sandboxed") && (args.string("decision") ?? "allow") === "allow";
  if (place && !inside)
    args.fail(
      place,
      "`write`, `network`, `sockets` and `read` open something inside the sandbox: they need `sandboxed = True` and allow",
    );
  for (const [name, paths] of named) {
    const relative = paths.find((path) => !path.startsWith("/"));
    if (place && relative !== undefined)
      args.fail(args.value(name)?.place ?? place, `\`${name}\` must hold absolute paths, not \`${relative}\``);
  }
  return { ...Object.fromEntries(named), ...(network ? { network } : {}) };
}

function readNetwork(args: Arguments): PrefixRule["network"] | null {
  if (args.value("network")?.kind !== "list") return args.boolean("network") ? "full" : null;
  const hosts = args.strings("network");
  return hosts.length > 0 ? { hosts } : null;
}

function readPattern(call: Call, args: Arguments): string[][] {
  const pattern = args.list("pattern").map((word) => {
    if (word.kind !== "list") return args.text(word, "`pattern`");
    return word.items.flatMap((item) => args.text(item, "`pattern`"));
  });
  if (pattern.length === 0) args.fail(call.place, "prefix_rule needs `pattern`, a list of words");
  const empty = pattern.some((alternatives) => alternatives.length === 0 || alternatives.includes(""));
  if (empty && args.errors.length === 0) args.fail(call.place, "`pattern` has an empty word");
  return pattern;
}

/** Examples are lists of words, or lines as they would be typed. */
function readExamples(args: Arguments, name: "match" | "not_match"): Example[] {
  return args.list(name).flatMap((item) => {
    if (item.kind === "list")
      return [{ words: item.items.flatMap((word) => args.text(word, `\`${name}\``)), place: item.place }];
    const words = item.kind === "string" ? splitLine(item.text) : null;
    if (words !== null) return [{ words, place: item.place }];
    args.fail(item.place, `\`${name}\` must hold command lines or lists of words`);
    return [];
  });
}

function splitLine(line: string): string[] | null {
  const script = readScript(line, "bash");
  const [command, ...others] = script.ok ? script.commands : [];
  if (command === undefined || others.length > 0) return null;
  const words = command.words.map((word) => word.text ?? word.raw);
  return words.length === 0 ? null : words;
}

function checkExamples(rule: PrefixRule, examples: Record<"match" | "not_match", Example[]>, args: Arguments): void {
  for (const { words, place } of examples.match) {
    if (!matches(rule, words)) args.fail(place, `the rule does not match its own example \`${words.join(" ")}\``);
  }
  for (const { words, place } of examples.not_match) {
    if (matches(rule, words))
      args.fail(place, `the rule matches \`${words.join(" ")}\`, which its not_match rules out`);
  }
}

function matches(rule: PrefixRule, words: string[]): boolean {
  return matchWords(words.map(literal), rule) !== null;
}
