import { join } from "node:path";
import { match } from "ts-pattern";
import {
  AS_MODE,
  covers,
  type DecisionInput,
  decide,
  decideAfterDenial,
  decideInPlan,
  type Permit,
  printRule,
  type Ruling,
  ruleOf,
  SOMEBODY_ASKED,
} from "../../policy/index.ts";
import type { ApprovalChoice, ApprovalRequest, Decision, Denial, Effect, Network } from "../../protocol/index.ts";
import { absoluteEntries, foreignProgram, type Reach, startedByReading } from "../../sandbox/index.ts";
import { type Emitter, showError } from "../emitter.ts";
import type { HookedThread } from "../hooks.ts";
import { inPlan } from "../plan-mode.ts";
import type { Part } from "../state.ts";
import type { HookSays, JudgedCall } from "./call.ts";
import { type ConfinedThread, type Confinement, confine } from "./confinement.ts";
import { askedWithin, checkEscalation } from "./escalation.ts";
import { pastCommands } from "./past.ts";
import { type RefusedCall, refused } from "./refusal.ts";

/** What a decision depends on, and what comes of its answer. */
export type JudgingThread = HookedThread & Part<"permissions" | "interrupt" | "sandbox">;

/** An effect to decide about, and how a person would be asked. */
export interface Judging {
  /** Id of the question, should there be one. */
  question: string;
  /** null: nothing outside the thread. */
  effect: Effect | null;
  hook: HookSays;
  /** A person may put another command in the place of this one. */
  editable: boolean;
}

/**
 * It may be done, under what its permit comes to; or it may not, and the message tells the model why; or the user put another
 * command in its place, about which nothing is decided yet.
 */
export type Judged = { ok: true; confinement: Confinement } | No | Edited;
type No = RefusedCall;
type Edited = { ok: "edited"; command: string };
/** `waited`: for a hook or a person, so that the disk may be another one by now. */
type Answer = { ok: true; permit: Permit; waited: boolean; reading?: Reading } | No | Edited;
type Reading = Pick<Confinement, "reads" | "only_reads">;

/** Decides by rules and policy, and asks the user where they say so. */
export async function judge(state: JudgingThread, judging: Judging, signal: AbortSignal): Promise<Judged> {
  const as_mode = await confine(state, AS_MODE);
  const { effect } = judging;
  if (effect === null) return { ok: true, confinement: as_mode };
  const answer = await answerFor(state, { ...judging, effect }, as_mode, signal);
  if (answer.ok !== true) return answer;
  const { permit, waited, reading } = answer;
  const confinement = !waited && isSame(permit, AS_MODE) ? as_mode : await confine(state, permit);
  return { ok: true, confinement: { ...confinement, ...reading } };
}

async function answerFor(
  state: JudgingThread,
  { question: call_id, effect: wanted, hook, editable }: Judging & { effect: Effect },
  confinement: Confinement,
  signal: AbortSignal,
): Promise<Answer> {
  const planned = inPlan(state.settings);
  // What is refused in any case needs no place on the disk.
  const checked = planned
    ? { ok: true as const, effect: wanted }
    : checkEscalation(state, wanted, confinement.policy, await byName(state, wanted));
  if (!checked.ok) return checked;
  const needs = checked.effect.kind === "command" && checked.effect.escalation?.needs !== undefined;
  const effect = needs ? askedWithin(checked.effect, (await state.sandbox()).tier) : checked.effect;
  const input = decisionInput(state, effect, confinement);
  const ruled = planned ? decideInPlan(input) : await withPast(state, input, decide);
  const ruling = hook?.type === "ask" ? askInstead(ruled, hook.reason, input) : ruled;
  // A hook that allows spares the question; the sandbox stays as it is.
  if (hook?.type === "allow" && ruling.type === "ask") return { ok: true, permit: AS_MODE, waited: false };
  return settle(state, { call_id, effect, denial: null }, editable ? ruling : withoutEdit(ruling), signal);
}

/** Whether hosts can be opened one by one; asked of the machine only where some are named. */
async function byName(state: Part<"sandbox">, effect: Effect): Promise<boolean> {
  if (effect.kind !== "command" || !effect.escalation?.hosts) return false;
  const { tier } = await state.sandbox();
  return tier === "ns" || tier === "ns-only";
}

function withoutEdit(ruling: Ruling): Ruling {
  if (ruling.type !== "ask") return ruling;
  return { ...ruling, choices: ruling.choices.filter(({ decision }) => decision !== "edited") };
}

const isSame = (a: Permit, b: Permit) => covers(a, b) && covers(b, a);

/** A hook wants a person to decide about what would just run. Where nobody may be asked the answer is no, as with any question. */
function askInstead(ruling: Ruling, why: string | null, { approval_policy }: DecisionInput): Ruling {
  if (ruling.type === "forbid") return ruling;
  const because = why === null ? "" : `: ${why}`;
  if (ruling.type === "ask") return { ...ruling, reason: `${ruling.reason}; a hook asks you to decide${because}` };
  if (approval_policy === "never")
    return { type: "forbid", reason: `a hook wants a person to decide, and nobody can be asked here${because}` };
  const choices: ApprovalChoice[] = [
    { decision: "approved", label: "Yes, once" },
    { decision: "denied", label: "No, and tell the model why" },
    { decision: "abort", label: "No, and stop here" },
  ];
  return { type: "ask", reason: `a hook asks you to decide${because}`, permit: ruling.permit, choices, prefix: null };
}

/**
 * After the sandbox refused something: under what the call may run once more; null: it may not.
 * @param question id of the question, should there be one
 */
export async function judgeDenied(
  state: JudgingThread,
  call: JudgedCall,
  question: string,
  denial: Denial,
  signal: AbortSignal,
): Promise<Confinement | null> {
  const { effect, permit: had } = call;
  if (effect === null || inPlan(state.settings)) return null;
  const input = decisionInput(state, effect, call);
  const ruling = await withPast(state, input, (one) => decideAfterDenial(one, denial, had));
  const answer = await settle(state, { call_id: question, effect, denial }, ruling, signal);
  // A hook may say yes and give nothing: then there is no reason to try again.
  return answer.ok === true && !covers(had, answer.permit) ? confine(state, answer.permit) : null;
}

/** Earlier commands matter only to a question, which shows what a rule would have let through. */
async function withPast(
  state: JudgingThread,
  input: DecisionInput,
  rule: (input: DecisionInput) => Ruling,
): Promise<Ruling> {
  const ruling = rule(input);
  return ruling.type === "ask" ? rule({ ...input, past: await pastCommands(state) }) : ruling;
}

type Within = Pick<Confinement, "policy" | "reach">;

function decisionInput(state: ConfinedThread, effect: Effect, { policy, reach }: Within): DecisionInput {
  const { approval_policy, granular, sandbox_mode, free_patches } = state.settings;
  const foreign = effect.kind === "command" ? programsOf(state, effect.cwd, reach) : () => null;
  const { cwd, shell_environment_policy } = state.settings;
  const { home: HOME, env } = state.services;
  return {
    effect,
    approval_policy,
    granular,
    sandbox_mode,
    free_patches,
    workspace: cwd,
    writable: { roots: policy.writable, protected: policy.protected },
    foreign,
    started: () => startedByReading(cwd, { HOME, ...env, ...shell_environment_policy.set }, reach),
    rules: state.permissions.rules,
    session_grants: state.permissions.grants,
  };
}

/** Where names of programs lead that are not what they say, on the PATH that a command gets. */
function programsOf(
  { settings, services }: Part<"settings" | "services">,
  cwd: string,
  reach: Reach,
): (program: string) => string | null {
  const { home, env } = services;
  const PATH = absoluteEntries(settings.shell_environment_policy.set.PATH ?? env.PATH ?? "");
  // A login shell puts these two first where they exist.
  const searched = [join(home, "bin"), join(home, ".local", "bin"), PATH].join(":");
  return (program) => foreignProgram(program, searched, cwd, reach);
}

type Question = Pick<ApprovalRequest, "call_id" | "effect" | "denial">;

async function settle(state: JudgingThread, question: Question, ruling: Ruling, signal: AbortSignal): Promise<Answer> {
  const { no_network } = state.services.administrator;
  if (no_network !== null && ruling.type !== "forbid" && reachesOut(ruling.permit))
    return refused("policy", no_network);
  if (ruling.type === "allow") {
    const { permit, reads, only_reads } = ruling;
    const reading = { ...(reads ? { reads } : {}), ...(only_reads ? { only_reads } : {}) };
    return { ok: true, permit, waited: false, reading };
  }
  if (ruling.type === "forbid") return refused("policy", ruling.reason, ruling.grant);
  const { effect } = question;
  if (state.services.hooks !== null) {
    const { askHooks } = await import("../hooks.ts");
    const answer = await askHooks(state, { effect, ...ruling }, signal);
    if (answer === "allow") return { ok: true, permit: ruling.permit, waited: true };
    if (answer) return answer;
  }
  const request = requestOf(state, question, ruling);
  const decision = await ask(state, request, signal);
  return obey(state, request, ruling, decision);
}

/** A program outside, which a socket leads to, has the network. */
function reachesOut({ sandboxed, network, sockets }: Permit): boolean {
  return !sandboxed || network !== "none" || sockets.length > 0;
}

type Asking = Ruling & { type: "ask" };

function requestOf(
  { settings }: Part<"settings">,
  question: Question,
  { permit, reason, choices }: Asking,
): ApprovalRequest {
  const { effect } = question;
  const { sandboxed } = permit;
  return {
    ...question,
    reason,
    justification: (effect.kind === "command" && effect.escalation?.justification) || null,
    sandbox: sandboxed ? settings.sandbox_mode : "danger-full-access",
    ...openedBy(permit),
    choices,
  };
}

function openedBy({ extra_write: write, network, sockets, read }: Permit): Pick<ApprovalRequest, "opens"> {
  if (write.length + sockets.length + read.length === 0 && network === "none") return {};
  const files = { ...(sockets.length > 0 ? { sockets } : {}), ...(read.length > 0 ? { read } : {}) };
  return { opens: { write, network: shown(network), ...files } };
}

/** In the form that questions have had from the start, before hosts could be named. */
function shown(network: Network): boolean | { hosts: string[] } {
  return typeof network === "string" ? network === "full" : network;
}

async function ask(
  state: Part<"permissions" | "emit">,
  request: ApprovalRequest,
  signal: AbortSignal,
): Promise<Decision> {
  const answer = state.permissions.approvals.ask(request.call_id, signal);
  state.emit({ type: "approval.requested", request });
  const decision = await answer;
  state.emit({ type: "approval.resolved", call_id: request.call_id, decision });
  return decision;
}

/** Does what was answered, and never more than was offered. */
function obey(state: JudgingThread, request: ApprovalRequest, ruling: Asking, decision: Decision): Answer {
  const { permit } = ruling;
  const yes = { ok: true as const, permit, waited: true };
  const offered = (type: Decision["type"]) => request.choices.some((choice) => choice.decision === type);
  return match(decision)
    .returnType<Answer>()
    .with({ type: "approved" }, () => yes)
    .with({ type: "session" }, () => {
      if (offered("session")) state.permissions.grants.push({ effect: request.effect, permit });
      return yes;
    })
    .with({ type: "always" }, ({ prefix }) => {
      if (offered("always") && isSameWords(prefix, ruling.prefix ?? [])) keepRule(state, prefix, permit);
      return yes;
    })
    .with({ type: "edited" }, ({ command }) =>
      offered("edited") && command.trim() !== ""
        ? { ok: "edited", command }
        : refused("person", "the user wanted to change it, and gave no command in its place"),
    )
    .with({ type: "denied" }, ({ reason, by }) => answeredNo(by ?? "person", reason))
    .with({ type: "abort" }, (stop) => {
      const by = stop.by ?? "person";
      state.interrupt();
      return refused(by, "the turn was stopped", undefined, `${REVIEWERS[by]} and stopped the turn`);
    })
    .exhaustive();
}

/** Who answered, to the model. */
const REVIEWERS = {
  person: "the user said no",
  program: "the program that answers for the user said no",
  policy: "it needs a yes",
};

function answeredNo(by: keyof typeof REVIEWERS, reason: string | undefined): Answer {
  const why = reason ? `; the reason: ${reason}` : "";
  return refused(by, reason ?? null, by === "policy" ? SOMEBODY_ASKED : undefined, `${REVIEWERS[by]}${why}`);
}

function isSameWords(words: readonly string[], others: readonly string[]): boolean {
  return words.length === others.length && words.every((word, index) => word === others[index]);
}

/** The rule is in force at once. That it could not be written is told, and no reason to stop the work. */
function keepRule(state: Emitter & Part<"permissions">, prefix: string[], permit: Permit): void {
  const rule = ruleOf(prefix, permit);
  try {
    state.permissions.addRule(rule, printRule(rule));
  } catch (error) {
    showError(state, `the rule could not be kept, and counts until moat ends: ${(error as Error).message}`);
  }
}
