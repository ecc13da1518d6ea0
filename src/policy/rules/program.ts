import { isHarmlessSedScript } from "../table/sed.ts";
import type { RulePlace } from "./rule.ts";

/** What an argument is. `Literal` is exactly this text; `Unknown` may be anything, also a file that is written. */
export type ArgType =
  | { Literal: string }
  | "OpaqueNonFile"
  | "ReadableFile"
  | "WriteableFile"
  | "PositiveInteger"
  | "SedCommand"
  | "Unknown";

/** A place in an argument list: its type, and how many words it takes. */
export interface ArgPattern {
  type: ArgType;
  count: "one" | "at_least_one" | "any";
}

/** The names of rule files for argument patterns. */
export const ARG_PATTERNS: Record<string, ArgPattern> = {
  ARG_OPAQUE_VALUE: { type: "OpaqueNonFile", count: "one" },
  ARG_RFILE: { type: "ReadableFile", count: "one" },
  ARG_WFILE: { type: "WriteableFile", count: "one" },
  ARG_RFILES: { type: "ReadableFile", count: "at_least_one" },
  ARG_RFILES_OR_CWD: { type: "ReadableFile", count: "any" },
  ARG_POS_INT: { type: "PositiveInteger", count: "one" },
  ARG_SED_COMMAND: { type: "SedCommand", count: "one" },
  ARG_UNVERIFIED_VARARGS: { type: "Unknown", count: "any" },
};

/** `flag(…)` has no value, `opt(…)` one of this type. */
export interface OptionSpec {
  name: string;
  value: ArgType | null;
  required: boolean;
}

/** `define_program(…)`: which arguments of a program are known, and what they are. */
export interface ProgramSpec {
  program: string;
  system_path: string[];
  options: OptionSpec[];
  args: ArgPattern[];
  /** The reason why what matches must never run; null: it may. */
  forbidden: string | null;
  place: RulePlace;
}

/** A command that fits a program's definition, in the field names of the seed's JSON. */
export interface MatchedExec {
  program: string;
  flags: { name: string }[];
  opts: { name: string; value: string; type: ArgType }[];
  args: { index: number; type: ArgType; value: string }[];
  system_path: string[];
}

/** Why a command does not fit. `type` is the seed's name for it. */
export interface Mismatch {
  type: string;
  program: string;
  [detail: string]: unknown;
}

export type Fit = { ok: true; exec: MatchedExec } | { ok: false; error: Mismatch };

/** Compares arguments (without the program) with a definition. */
export function fitProgram(spec: ProgramSpec, args: readonly string[]): Fit {
  const program = spec.program;
  const exec: MatchedExec = { program, flags: [], opts: [], args: [], system_path: spec.system_path };
  const operands: { index: number; value: string }[] = [];
  const miss = (type: string, detail: Record<string, unknown> = {}): Fit => ({
    ok: false,
    error: { type, program, ...detail },
  });
  for (let index = 0; index < args.length; index++) {
    const value = args[index] ?? "";
    if (value === "--") return miss("DoubleDashNotSupportedYet");
    if (!value.startsWith("-")) {
      operands.push({ index, value });
      continue;
    }
    const option = spec.options.find(({ name }) => name === value);
    if (option === undefined) return miss("UnknownOption", { option: value });
    if (option.value === null) {
      exec.flags.push({ name: value });
      continue;
    }
    const next = args[++index];
    if (next === undefined) return miss("OptionMissingValue", { option: value });
    if (next.startsWith("-")) return miss("OptionFollowedByOptionInsteadOfValue", { option: value, value: next });
    const problem = problemOf(option.value, next);
    if (problem !== null) return miss(problem.type, problem.detail);
    exec.opts.push({ name: value, value: next, type: option.value });
  }
  const missing = spec.options.filter(({ name, required }) => required && !exec.opts.some((opt) => opt.name === name));
  const fit = fitOperands(spec, operands, exec);
  if (fit.ok && missing.length > 0)
    return miss("MissingRequiredOptions", { options: missing.map(({ name }) => name).sort() });
  return fit;
}

/** Patterns before the one that takes many words get the first operands, those after it the last ones. */
function fitOperands(spec: ProgramSpec, operands: { index: number; value: string }[], exec: MatchedExec): Fit {
  const program = spec.program;
  const many = spec.args.findIndex(({ count }) => count !== "one");
  const before = many === -1 ? spec.args : spec.args.slice(0, many);
  const after = many === -1 ? [] : spec.args.slice(many + 1);
  const free = operands.length - before.length - after.length;
  if (free < 0) return { ok: false, error: { type: "NotEnoughArgs", program, args: operands } };
  const pattern = spec.args[many];
  if (pattern === undefined && free > 0) {
    return { ok: false, error: { type: "UnexpectedArguments", program, args: operands.slice(before.length) } };
  }
  if (pattern?.count === "at_least_one" && free === 0) {
    return { ok: false, error: { type: "VarargMatcherDidNotMatchAnything", program, matcher: pattern.type } };
  }
  const patterns = [...before, ...(pattern === undefined ? [] : Array.from({ length: free }, () => pattern)), ...after];
  for (const [i, { type }] of patterns.entries()) {
    const operand = operands[i];
    if (operand === undefined) continue;
    const problem = problemOf(type, operand.value);
    if (problem !== null) return { ok: false, error: { type: problem.type, program, ...problem.detail } };
    exec.args.push({ index: operand.index, type, value: operand.value });
  }
  return { ok: true, exec };
}

type Problem = { type: string; detail: Record<string, unknown> } | null;

function problemOf(type: ArgType, value: string): Problem {
  if (typeof type === "object") {
    return type.Literal === value
      ? null
      : { type: "LiteralValueDidNotMatch", detail: { expected: type.Literal, actual: value } };
  }
  if (type === "ReadableFile" || type === "WriteableFile")
    return value === "" ? { type: "EmptyFileName", detail: {} } : null;
  if (type === "PositiveInteger")
    return /^0*[1-9]\d*$/.test(value) ? null : { type: "InvalidPositiveInteger", detail: { value } };
  if (type === "SedCommand" && !isHarmlessSedScript(value))
    return { type: "SedCommandNotProvablySafe", detail: { command: value } };
  return null;
}

/** True when one of the arguments may be a file that is written. */
export function mayWrite(exec: MatchedExec): boolean {
  return [...exec.opts, ...exec.args].some(({ type }) => type === "WriteableFile" || type === "Unknown");
}
