import { fitProgram, type MatchedExec, type Mismatch, mayWrite, type ProgramSpec } from "./program.ts";
import type { ProgramRules } from "./rules.ts";

/**
 * The seed's four words about a command. `safe`: known, and writes no file. `match`: known, and its WriteableFile arguments
 * are for the caller to judge. `forbidden`: a rule forbids it. `unverified`: no rule knows it.
 */
export type ProgramVerdict = Known | { result: "unverified"; error: Mismatch };

type Known =
  | { result: "safe" | "match"; match: MatchedExec; also?: Known[] }
  | { result: "forbidden"; reason: string; cause: unknown; also?: Known[] };

const SEVERITY = { safe: 0, match: 1, forbidden: 2 };

/** Judges a program and its arguments. Where several definitions fit and disagree, the strictest wins and `also` shows the others. */
export function judgeByPrograms(rules: ProgramRules, program: string, args: readonly string[]): ProgramVerdict {
  const exec_call = { program, args: [...args] };
  const banned = rules.forbidden_programs.find(({ regex }) => regex.test(program));
  if (banned !== undefined) {
    return { result: "forbidden", reason: banned.reason, cause: { Program: { program, exec_call } } };
  }
  const arg = args.find((word) => rules.forbidden_substrings.some((text) => word.includes(text)));
  if (arg !== undefined) {
    return {
      result: "forbidden",
      reason: `arg \`${arg}\` contains forbidden substring`,
      cause: { Arg: { arg, exec_call } },
    };
  }
  let error: Mismatch = { type: "NoSpecForProgram", program };
  const known: Known[] = [];
  for (const spec of rules.specs.filter((s) => s.program === program)) {
    const fit = fitProgram(spec, args);
    if (fit.ok) known.push(verdictOf(spec, fit.exec));
    else error = fit.error;
  }
  known.sort((a, b) => SEVERITY[b.result] - SEVERITY[a.result]);
  const [first, ...others] = known;
  if (first === undefined) return { result: "unverified", error };
  const also = others.filter(({ result }) => result !== first.result);
  return also.length > 0 ? { ...first, also } : first;
}

function verdictOf(spec: ProgramSpec, exec: MatchedExec): Known {
  if (spec.forbidden !== null) return { result: "forbidden", reason: spec.forbidden, cause: { Exec: { exec } } };
  return { result: mayWrite(exec) ? "match" : "safe", match: exec };
}
