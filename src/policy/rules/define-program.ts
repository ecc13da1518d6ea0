import { Arguments } from "./arguments.ts";
import { ARG_PATTERNS, type ArgPattern, fitProgram, type OptionSpec, type ProgramSpec } from "./program.ts";
import type { RuleError } from "./rule.ts";
import type { Call, StarlarkValue } from "./starlark/value.ts";

/** `option_bundling` and `combined_format` are accepted and do nothing, as in the seed: what they would allow stays unverified. */
const NAMES = [
  "program",
  "system_path",
  "option_bundling",
  "combined_format",
  "options",
  "args",
  "forbidden",
  "should_match",
  "should_not_match",
];

/** Reads `define_program(…)` and checks it against its own examples. */
export function readDefineProgram(call: Call): { spec: ProgramSpec; errors: RuleError[] } {
  const args = new Arguments(call, NAMES);
  const spec: ProgramSpec = {
    program: args.required("program"),
    system_path: args.strings("system_path"),
    options: args.list("options").flatMap((value) => readOption(value, args)),
    args: args.list("args").flatMap((value) => readPattern(value, args)),
    forbidden: args.string("forbidden"),
    place: call.place,
  };
  args.boolean("option_bundling");
  args.boolean("combined_format");
  const forbidden = args.value("forbidden");
  if (forbidden !== null && spec.forbidden?.trim() === "") args.fail(forbidden.place, "`forbidden` must say why");
  const names = spec.options.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    args.fail(args.value("options")?.place ?? call.place, `the option \`${twice}\` is there twice`);
  const many = spec.args.filter(({ count }) => count !== "one");
  if (many.length > 1)
    args.fail(args.value("args")?.place ?? call.place, "`args` can have one pattern that takes several words");
  const examples = { good: args.lists("should_match"), bad: args.lists("should_not_match") };
  if (args.errors.length === 0) checkExamples(spec, examples, args);
  return { spec, errors: args.errors };
}

function readOption(value: StarlarkValue, args: Arguments): OptionSpec[] {
  if (value.kind !== "call" || (value.name !== "flag" && value.name !== "opt")) {
    args.fail(value.place, "`options` must hold flag(…) and opt(…)");
    return [];
  }
  const own = new Arguments(value, value.name === "flag" ? ["name"] : ["name", "type", "required"]);
  const name = own.required("name");
  const type = own.value("type");
  const pattern = value.name === "opt" && type !== null ? readPattern(type, own)[0] : undefined;
  if (value.name === "opt" && pattern === undefined) own.fail(value.place, "opt(…) needs a type such as ARG_POS_INT");
  const required = value.name === "opt" && own.boolean("required");
  args.errors.push(...own.errors);
  return [{ name, value: value.name === "flag" ? null : (pattern?.type ?? "Unknown"), required }];
}

/** A text stands for itself; everything else is one of the ARG_ names. */
function readPattern(value: StarlarkValue, args: Arguments): ArgPattern[] {
  if (value.kind === "string") return [{ type: { Literal: value.text }, count: "one" }];
  const pattern =
    value.kind === "name" && Object.hasOwn(ARG_PATTERNS, value.text) ? ARG_PATTERNS[value.text] : undefined;
  if (pattern !== undefined) return [pattern];
  args.fail(value.place, `an argument is a text or one of ${Object.keys(ARG_PATTERNS).join(", ")}`);
  return [];
}

type Examples = ReturnType<Arguments["lists"]>;

function checkExamples(spec: ProgramSpec, { good, bad }: { good: Examples; bad: Examples }, args: Arguments): void {
  for (const { words, place } of good) {
    const fit = fitProgram(spec, words);
    if (!fit.ok)
      args.fail(
        place,
        `the definition does not fit its own example \`${[spec.program, ...words].join(" ")}\`: ${fit.error.type}`,
      );
  }
  for (const { words, place } of bad) {
    if (fitProgram(spec, words).ok)
      args.fail(
        place,
        `the definition fits \`${[spec.program, ...words].join(" ")}\`, which its should_not_match rules out`,
      );
  }
}
