import { type JudgedSegment, programName } from "../judge.ts";
import { AS_MODE, both, eitherPermit, OUTSIDE, type Permit, permitOfRule } from "../permit.ts";
import type { Word } from "../shell/word.ts";
import { mayName, programHits } from "./program-hits.ts";
import type { PrefixRule, RuleDecision, RuleHit } from "./rule.ts";
import type { Rules } from "./rules.ts";

/** What all rules together say about a command line. */
export interface RuleVerdict {
  /** The strictest; null when the rules do not settle it. `allow` only when every part is allowed or only reads. */
  decision: RuleDecision | null;
  /** For `allow`: what all parts may have together. A part that only reads stays in the sandbox, and the rest with it. */
  permit: Permit;
  /** Every rule that matched, the strictest first. */
  hits: RuleHit[];
}

const SEVERITY: Record<RuleDecision, number> = { allow: 0, prompt: 1, forbidden: 2 };
/** Commands that do nothing beside steering or printing: they may run wherever the others do. */
const NEUTRAL = new Set(["cd", "echo", "printf", "true", "false", ":", "set", "exit", "pwd", "for"]);

type Part = RuleDecision | "safe" | "open";

/** What was found on the way through the parts. */
interface Found {
  hits: RuleHit[];
  /** Of each part that a rule allows. */
  permits: Permit[];
  /** A part is allowed only because it reads. */
  reads: boolean;
}

/** Applies the rules to every segment and to what segments run. */
export function applyRules(segments: readonly JudgedSegment[], rules: Rules): RuleVerdict {
  const found: Found = { hits: [], permits: [], reads: false };
  const { hits } = found;
  const parts = segments.map((segment) => judgePart(segment, rules, found));
  const strictest = (["forbidden", "prompt", "open", "allow"] as const).find((part) => parts.includes(part)) ?? "open";
  hits.sort((a, b) => SEVERITY[b.rule.decision] - SEVERITY[a.rule.decision]);
  const together = found.permits.reduce(both, OUTSIDE);
  const permit = found.reads && !together.sandboxed ? AS_MODE : together;
  return { decision: strictest === "open" ? null : strictest, permit, hits };
}

function judgePart(segment: JudgedSegment, rules: Rules, found: Found): Part {
  const own = hitsOf(segment, rules);
  found.hits.push(...own);
  const inner = segment.inner.map((part) => judgePart(part, rules, found));
  const decisions = [...own.map(decisionOf), ...inner];
  for (const decision of ["forbidden", "prompt"] as const) if (decisions.includes(decision)) return decision;
  const allows = own.filter((hit) => decisionOf(hit) === "allow");
  if (allows.length > 0 && !segment.more_than_words) {
    found.permits.push(allows.map(({ rule }) => permitOfRule(rule)).reduce(eitherPermit));
    return "allow";
  }
  const carries = segment.transparent && !segment.more_than_words && inner.length > 0;
  if (carries && inner.includes("allow") && inner.every((part) => part === "allow" || part === "safe")) return "allow";
  if (segment.verdict !== "safe") return "open";
  if (inner.length === 0 && !NEUTRAL.has(segment.words[0]?.text ?? "")) found.reads = true;
  return "safe";
}

/** A rule that only may match does not allow anything, and where it forbids, a person is asked. */
function decisionOf(hit: RuleHit): RuleDecision | null {
  if (hit.certain) return hit.rule.decision;
  return hit.rule.decision === "allow" ? null : "prompt";
}

function hitsOf(segment: JudgedSegment, rules: Rules): RuleHit[] {
  const hits = rules.prefix.flatMap((rule) => {
    const match = matchSegment(segment, rule, rules.hosts ?? NO_HOSTS);
    return match === null ? [] : [{ rule, ...match }];
  });
  return [...hits, ...programHits(segment, rules.programs)];
}

type Hosts = ReadonlyMap<string, readonly string[]>;
const NO_HOSTS: Hosts = new Map();

type Match = { prefix: string[]; certain: boolean } | null;

function matchSegment(segment: JudgedSegment, rule: PrefixRule, hosts: Hosts): Match {
  const direct = matchWords(segment.words, rule, hosts);
  if (direct !== null || rule.decision === "allow") return direct;
  const withoutOptions = matchWords(skipGitOptions(segment.words), rule);
  if (withoutOptions !== null) return withoutOptions;
  const names = rule.pattern[0] ?? [];
  const named = names.some((name) => mayName(segment.unread, name));
  return named ? { prefix: [], certain: false } : null;
}

/** Compares the words with a rule, the program also by the name that its path ends in. */
export function matchWords(words: readonly Word[], rule: PrefixRule, hosts: Hosts = NO_HOSTS): Match {
  const prefix: string[] = [];
  for (const [index, alternatives] of rule.pattern.entries()) {
    const word = words[index];
    if (word === undefined) return null;
    // Words behind one that may become several can be anything.
    if (word.text === null && (word.many || alternatives.some((a) => a.startsWith(word.prefix))))
      return { prefix, certain: false };
    const hit = alternatives.find((a) => a === word.text || (index === 0 && a === nameFor(word, rule, hosts)));
    if (hit === undefined) return null;
    prefix.push(hit);
  }
  return { prefix, certain: true };
}

/** A rule that allows `git` means the system's; a rule that forbids it means every program of that name. */
function nameFor(word: Word, rule: PrefixRule, hosts: Hosts): string | null {
  const base = word.text?.split("/").at(-1) ?? null;
  if (rule.decision !== "allow") return base;
  const paths = hosts.get(base ?? "");
  if (paths === undefined || !word.text?.includes("/")) return programName(word);
  return paths.includes(word.text) ? base : null;
}

/** `git -C x push` is `git push` for rules that ask or forbid. */
function skipGitOptions(words: Word[]): Word[] {
  const [program, ...rest] = words;
  if (program === undefined || program.text?.split("/").at(-1) !== "git") return words;
  let i = 0;
  while (rest[i]?.prefix.startsWith("-"))
    i += /^(?:-C|-c|--git-dir|--work-tree|--namespace|--config-env)$/.test(rest[i]?.text ?? "") ? 2 : 1;
  return [program, ...rest.slice(i)];
}
