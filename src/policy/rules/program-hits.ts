import { type JudgedSegment, programName } from "../judge.ts";
import { judgeByPrograms } from "./program-verdict.ts";
import type { RuleDecision, RuleHit } from "./rule.ts";
import type { ProgramRules } from "./rules.ts";

/**
 * What rules in the seed's form say about a segment, as hits: `safe` allows it inside the sandbox, `forbidden` forbids it,
 * `match` and `unverified` say nothing. Where words are known only at run time, a forbidden program may be meant.
 */
export function programHits(segment: JudgedSegment, rules: ProgramRules | undefined): RuleHit[] {
  if (rules === undefined) return [];
  const [first, ...rest] = segment.words;
  const name = first?.text?.split("/").at(-1);
  const forbidding = rules.specs.filter((spec) => spec.forbidden !== null);
  if (segment.unread !== null) {
    const named = forbidding.find(({ program }) => mayName(segment.unread, program));
    return named === undefined ? [] : [hit([named.program], "forbidden", named.forbidden, false)];
  }
  if (name === undefined) return [];
  const args = rest.map((word) => word.text);
  if (!args.every((text) => text !== null)) {
    const maybe = forbidding.find(({ program }) => program === name);
    return maybe === undefined ? [] : [hit([name], "forbidden", maybe.forbidden, false)];
  }
  const verdict = judgeByPrograms(rules, name, args);
  if (verdict.result === "forbidden") return [hit([name, ...args], "forbidden", verdict.reason, true)];
  const trusted = programName(first) !== null;
  return verdict.result === "safe" && trusted ? [hit([name, ...args], "allow", null, true)] : [];
}

function hit(words: string[], decision: RuleDecision, justification: string | null, certain: boolean): RuleHit {
  const pattern = words.map((word) => [word]);
  return { rule: { pattern, decision, sandboxed: true, justification, place: null }, prefix: words, certain };
}

/** True when a script that could not be read has this word in it. */
export function mayName(script: string | null, name: string): boolean {
  return script !== null && new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`).test(script);
}
