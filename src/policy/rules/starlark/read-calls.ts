import type { RuleError } from "../rule.ts";
import { execute } from "./execute.ts";
import { RuleFault } from "./fault.ts";
import { readStatements } from "./read-statement.ts";
import { type Call, MAX_STEPS, type Machine } from "./value.ts";

/**
 * Runs a rule file and gives the rules that it states, in order. The language is Starlark as rule files of codex use it: functions,
 * loops, conditions, comprehensions, strings that are put together. It reaches nothing outside of the file, and it ends: what a
 * file may do is counted.
 * @param names of rules, and of what stands in their arguments
 */
export function readCalls(
  text: string,
  file: string,
  names: { rules: readonly string[]; parts: readonly string[] },
): { ok: true; calls: Call[] } | { ok: false; error: RuleError } {
  const rules = new Set(names.rules);
  const parts = new Set(names.parts);
  const machine: Machine = { steps: MAX_STEPS, depth: 0, calls: [], rules, parts, execute };
  try {
    execute(machine, readStatements(text, file), { names: new Map(), outer: null });
  } catch (error) {
    if (error instanceof RuleFault) return { ok: false, error: error.error };
    throw error;
  }
  return { ok: true, calls: machine.calls };
}
