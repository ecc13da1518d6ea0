// The decision table. For every effect, the first line that fits decides.
//
// Commands
//   1. A `forbidden` rule matches any part of the command line: forbid, whatever the policy, the mode and earlier answers.
//   2. The user allowed this exact command in this directory for the session, with at least what is needed now: allow it so.
//   3. A `prompt` rule matches, or may match: ask.
//   4. Rules allow every part that does more than read, and at least what the model asks for: allow; outside the sandbox,
//      unless a rule says `sandboxed`, a part is allowed only because it reads, or the model asked for something narrower.
//   5. The model asks for more than the sandbox gives (and there is a sandbox): untrusted and on-request ask for exactly
//      that; on-failure runs it in the sandbox first, because it asks when something failed; never forbids.
//   6. untrusted: allow what is known to only read; ask about the rest.
//   7. on-failure, on-request, never: allow, confined as the mode says.
//
// Patches
//   1. The user allowed changes of these files for the session: allow.
//   2. Inside the writable places, and not in a protected one or any `.git`: allow, but untrusted asks, unless the mode makes
//      patches free (auto-edit).
//   3. Elsewhere: ask; never forbids.
//
// MCP tools
//   1. The user allowed the tool for the session: allow.
//   2. The tool says it only reads, or the mode has no sandbox: allow, but untrusted asks.
//   3. Elsewhere: ask; never forbids.
//
// After the sandbox refused something: a session answer or a rule that lets the command out allows at once; on-failure,
// on-request and untrusted ask once for the narrowest grant that opens it; never forbids.
//
// "ask" turns into "forbid" under never, and under a granular policy that does not let this kind of question through.
import { isWithin, namesGitDirectory } from "../base/index.ts";
import type { ApprovalChoice, ApprovalPolicy, Denial, Effect, Escalation, SandboxMode } from "../protocol/index.ts";
import { choicesFor, openedTexts } from "./choices.ts";
import { grantFor } from "./grant.ts";
import { type JudgedSegment, type Judgement, judgeCommand } from "./judge.ts";
import type { Granular } from "./modes.ts";
import {
  AS_MODE,
  changedPaths,
  covers,
  leadsOut,
  OUTSIDE,
  type Permit,
  permitAfter,
  permitFor,
  type SessionGrant,
  sessionPermit,
} from "./permit.ts";
import { type PastCommand, proposePrefix } from "./propose.ts";
import { applyRules, type RuleVerdict } from "./rules/match.ts";
import type { Rules } from "./rules/rules.ts";

/** All that a decision depends on. */
export interface DecisionInput {
  effect: Effect;
  approval_policy: ApprovalPolicy;
  /** Narrows `on-request`; null: all questions may be asked. */
  granular: Granular | null;
  sandbox_mode: SandboxMode;
  /** The directory that the user started moat in. Absolute. */
  workspace: string;
  /** The mode makes patches inside the writable places free (auto-edit). */
  free_patches: boolean;
  /** Where a patch may write: absolute, symlinks resolved. Empty in read-only. */
  writable: { roots: string[]; protected: string[] };
  rules: Rules;
  session_grants: readonly SessionGrant[];
  /** Where a name leads that is not what it says (`JudgeContext`). Absent: every name is what it says. */
  foreign?(program: string): string | null;
  /** What would make git start a program although it only reads (`JudgeContext`). Absent: nothing. */
  started?(): string | null;
  /** Commands of the thread so far, oldest first: shown as what a lasting rule would have matched. Absent: none. */
  past?: readonly PastCommand[];
}

/** The outcome. `reason` is one sentence for people and, for `forbid`, for the model. */
export type Ruling =
  | {
      type: "allow";
      permit: Permit;
      reason: string;
      /** It is allowed because it only reads: what it starts has to be held to that. */
      reads?: true;
      /** It is known to only read, whatever it is allowed for: there is nothing to take back afterwards. */
      only_reads?: true;
    }
  | {
      type: "ask";
      /** What a yes gives. */
      permit: Permit;
      reason: string;
      choices: ApprovalChoice[];
      /** The prefix that `always` would write a rule for; null: it is not offered. */
      prefix: string[] | null;
    }
  | {
      type: "forbid";
      reason: string;
      /** What would let it through, for people; absent: nothing that could be named. */
      grant?: string;
    };

type QuestionKind = keyof Granular;

/** Decides about an effect before anything was done. */
export function decide(input: DecisionInput): Ruling {
  switch (input.effect.kind) {
    case "command":
      return decideCommand(input, input.effect);
    case "patch":
      return decidePatch(input, input.effect);
    case "mcp":
      return decideMcp(input, input.effect);
  }
}

/**
 * Decides what to do after the sandbox refused something of a command that ran under `had`. What it gives is always wider
 * than `had`, so a command that needs several things gets there one question at a time.
 */
export function decideAfterDenial(
  input: DecisionInput,
  denial: Pick<Denial, "opens" | "explanation"> & Partial<Pick<Denial, "rule">>,
  had: Permit,
): Ruling {
  const { effect } = input;
  if (effect.kind !== "command") return { type: "forbid", reason: denial.explanation };
  if (!had.sandboxed) return { type: "forbid", reason: "the command already ran outside the sandbox" };
  // Outside it would get the same variables.
  if (denial.rule === "shell_environment_policy") return { type: "forbid", reason: denial.explanation };
  const permit = permitAfter(denial.opens, had);
  const judgement = judgeCommand(effect.argv, { ...input, cwd: effect.cwd });
  const ruled = applyRules(judgement.segments, input.rules);
  const given = sessionPermit(effect, permit, input.session_grants);
  const foreign = foreignProgram(judgement.segments);
  if (given !== null && mayStart(foreign, given))
    return { type: "allow", permit: given, reason: "you allowed this command for the session" };
  if (ruled.decision === "allow" && covers(ruled.permit, permit) && mayStart(foreign, ruled.permit))
    return { type: "allow", permit: ruled.permit, reason: ruleText(ruled) };
  const kind = kindOf(permit);
  return ask(input, kind, permit, denial.explanation, judgement, true);
}

/** Which question it is: as good as leaving the sandbox is leaving it. */
function kindOf(permit: Permit): QuestionKind {
  return permit.sandboxed && leadsOut(permit) === null ? "request_permissions" : "sandbox_approval";
}

function decideCommand(input: DecisionInput, effect: Effect & { kind: "command" }): Ruling {
  const judgement = judgeCommand(effect.argv, { ...input, cwd: effect.cwd });
  const ruling = decideJudged(input, effect, judgement);
  return ruling.type === "allow" && judgement.verdict === "safe" ? { ...ruling, only_reads: true } : ruling;
}

function decideJudged(input: DecisionInput, effect: Effect & { kind: "command" }, judgement: Judgement): Ruling {
  const ruled = applyRules(judgement.segments, input.rules);
  const unconfined = input.sandbox_mode === "danger-full-access" || input.sandbox_mode === "external";
  const needed = unconfined ? AS_MODE : permitFor(effect.escalation);
  if (ruled.decision === "forbidden") return { type: "forbid", reason: ruleText(ruled) };
  const given = sessionPermit(effect, needed, input.session_grants);
  const foreign = unconfined ? null : foreignProgram(judgement.segments);
  if (given !== null && mayStart(foreign, given))
    return { type: "allow", permit: given, reason: "you allowed this command for the session" };
  if (ruled.decision === "prompt") return ask(input, "rules", needed, ruleText(ruled), judgement);
  if (ruled.decision === "allow" && covers(ruled.permit, needed) && mayStart(foreign, ruled.permit)) {
    const narrower = needed !== AS_MODE && needed.sandboxed && !ruled.permit.sandboxed;
    return { type: "allow", permit: unconfined || narrower ? needed : ruled.permit, reason: ruleText(ruled) };
  }
  if (needed !== AS_MODE && input.approval_policy !== "on-failure") {
    const kind = kindOf(needed);
    const what = foreign === null ? "" : `, and \`${foreign.name}\` is ${foreign.path} here, which commands can write`;
    return ask(input, kind, needed, `the model asks for ${describe(needed, effect.escalation)}${what}`, judgement);
  }
  if (input.approval_policy !== "untrusted")
    return { type: "allow", permit: AS_MODE, reason: "it runs as the sandbox mode says" };
  if (judgement.verdict === "safe") return { type: "allow", permit: AS_MODE, reason: judgement.reason, reads: true };
  const why = `the approval policy untrusted asks about what is not known to only read: ${judgement.reason}`;
  return ask(input, "sandbox_approval", AS_MODE, why, judgement);
}

/** The first program of a command line that commands could have put there. */
function foreignProgram(segments: readonly JudgedSegment[]): { name: string; path: string } | null {
  for (const { foreign, words, inner } of segments) {
    if (foreign !== null) return { name: words[0]?.text ?? "", path: foreign };
    const found = foreignProgram(inner);
    if (found) return found;
  }
  return null;
}

/** What was allowed by its name before runs outside the sandbox only as the program of that name. */
function mayStart(foreign: object | null, { sandboxed }: Permit): boolean {
  return foreign === null || sandboxed;
}

function decidePatch(input: DecisionInput, effect: Effect & { kind: "patch" }): Ruling {
  const outside = changedPaths(effect).find((path) => !isFree(path, input));
  const permit = outside === undefined ? AS_MODE : OUTSIDE;
  const given = sessionPermit(effect, permit, input.session_grants);
  if (given !== null)
    return { type: "allow", permit: given, reason: "you allowed changes of these files for the session" };
  if (outside !== undefined) {
    return ask(input, "sandbox_approval", permit, `${outside} is outside the places that may be written`, null);
  }
  if (input.approval_policy === "untrusted" && !input.free_patches) {
    return ask(input, "sandbox_approval", permit, "the approval policy untrusted asks before every change", null);
  }
  return { type: "allow", permit, reason: "it changes files only where writing is allowed" };
}

/** A `.git` anywhere is left out: its settings name programs that git runs outside the sandbox. */
function isFree(path: string, { sandbox_mode, writable }: DecisionInput): boolean {
  if (sandbox_mode === "danger-full-access" || sandbox_mode === "external") return true;
  const inRoot = writable.roots.some((root) => isWithin(path, root));
  return inRoot && !writable.protected.some((place) => isWithin(path, place)) && !namesGitDirectory(path);
}

function decideMcp(input: DecisionInput, effect: Effect & { kind: "mcp" }): Ruling {
  const given = sessionPermit(effect, AS_MODE, input.session_grants);
  if (given !== null) return { type: "allow", permit: given, reason: "you allowed this tool for the session" };
  if (effect.approval === "approve")
    return { type: "allow", permit: AS_MODE, reason: "your configuration lets this tool be called without a question" };
  if (effect.approval === "prompt") {
    const wanted = `your configuration wants a question before ${effect.tool} of ${effect.server} is called`;
    return ask(input, "mcp_elicitations", AS_MODE, wanted, null);
  }
  const free = effect.read_only || input.sandbox_mode === "danger-full-access";
  if (free && input.approval_policy !== "untrusted") {
    return {
      type: "allow",
      permit: AS_MODE,
      reason: effect.read_only ? "the tool says that it only reads" : "there is no sandbox",
    };
  }
  const reason = `the tool ${effect.tool} of the MCP server ${effect.server} acts outside the sandbox`;
  return ask(input, "mcp_elicitations", AS_MODE, reason, null);
}

function ask(
  input: DecisionInput,
  kind: QuestionKind,
  permit: Permit,
  reason: string,
  judgement: Judgement | null,
  ran = false,
): Ruling {
  if (input.approval_policy === "never")
    return {
      type: "forbid",
      reason: `${reason}, and the approval policy is never: nobody is asked`,
      grant: grantFor(input, permit),
    };
  if (input.granular !== null && !input.granular[kind]) {
    return {
      type: "forbid",
      reason: `${reason}, and the granular approval policy does not allow this question (${kind})`,
      grant: "-c approval_policy=on-request",
    };
  }
  const { effect } = input;
  const prefix =
    judgement === null || effect.kind !== "command" || kind === "rules"
      ? null
      : proposePrefix(judgement.segments, effect.escalation?.prefix_rule ?? null);
  return {
    type: "ask",
    permit,
    reason: sentence(reason),
    choices: choicesFor(effect, permit, prefix, { ...input, ran }),
    prefix,
  };
}

function sentence(clause: string): string {
  const start = clause.slice(0, 1).toUpperCase() + clause.slice(1);
  return start.endsWith(".") ? start : `${start}.`;
}

/** A host that the model names is its reason, not a limit. */
function describe(permit: Permit, wanted: Escalation | null): string {
  if (!permit.sandboxed) return "running outside the sandbox";
  const whole = permit.network === "full" && wanted?.target;
  return whole
    ? `the network, to reach ${wanted.target}; the sandbox opens it as a whole`
    : openedTexts(permit).join(" and ");
}

function ruleText({ hits, decision }: RuleVerdict): string {
  const hit = hits.find(({ rule }) => rule.decision === decision) ?? hits[0];
  if (hit === undefined) return "a rule decides";
  const { rule, certain, prefix } = hit;
  const where = rule.place === null ? "" : ` (${rule.place.file}:${rule.place.line})`;
  const what = `\`${(certain ? prefix : rule.pattern.map((word) => word.join("|"))).join(" ")}\``;
  const verb = { allow: "allows", prompt: "asks about", forbidden: "forbids" }[rule.decision];
  const why = rule.justification === null ? "" : `: ${rule.justification}`;
  return certain ? `a rule${where} ${verb} ${what}${why}` : `a rule${where} ${verb} ${what}, and this may be it${why}`;
}
