import { match } from "ts-pattern";
import {
  AS_MODE,
  covers,
  type DecisionInput,
  decide,
  decideAfterDenial,
  type Permit,
  printRule,
  type Ruling,
  ruleOf,
} from "../policy/index.ts";
import type { ApprovalChoice, ApprovalRequest, Decision, Denial, Effect, Network } from "../protocol/index.ts";
import { threadPolicy } from "./confinement.ts";
import { showError } from "./emitter.ts";
import { checkEscalation } from "./escalation.ts";
import { pastCommands } from "./past.ts";
import type { ThreadState } from "./state.ts";

/**
 * A call may run, under this permit; or it may not, and the message tells the model why; or the user put another command in
 * its place, about which nothing is decided yet.
 */
export type Judged = { ok: true; permit: Permit } | { ok: false; message: string } | { ok: "edited"; command: string };

/**
 * Decides about a call by rules and policy, and asks the user where they say so.
 * @param question id of the question, should there be one
 */
export async function judgeCall(
  state: ThreadState,
  question: string,
  wanted: Effect,
  hook: "allow" | "ask" | null,
  signal: AbortSignal,
): Promise<Judged> {
  const checked = await checkEscalation(state, wanted);
  if (!checked.ok) return checked;
  const { effect } = checked;
  const input = await decisionInput(state, effect);
  const ruled = await withPast(state, input, decide);
  const ruling = hook === "ask" ? askInstead(ruled, input) : ruled;
  // A hook that allows spares the question; the sandbox stays as it is.
  if (hook === "allow" && ruling.type === "ask") return { ok: true, permit: AS_MODE };
  return settle(state, { call_id: question, effect, denial: null }, ruling, signal);
}

/** A hook wants a person to decide about what would just run. Where nobody may be asked the answer is no, as with any question. */
function askInstead(ruling: Ruling, { approval_policy }: DecisionInput): Ruling {
  if (ruling.type !== "allow") return ruling;
  if (approval_policy === "never")
    return { type: "forbid", reason: "a hook wants a person to decide, and nobody can be asked here" };
  const choices: ApprovalChoice[] = [
    { decision: "approved", label: "Yes, once" },
    { decision: "denied", label: "No, and tell the model why" },
    { decision: "abort", label: "No, and stop here" },
  ];
  return { type: "ask", reason: "a hook asks you to decide", permit: ruling.permit, choices, prefix: null };
}

/** After the sandbox refused something: whether, and how much wider, the command may run once more. */
export async function judgeDenied(
  state: ThreadState,
  question: string,
  effect: Effect,
  denial: Denial,
  had: Permit,
  signal: AbortSignal,
): Promise<Permit | null> {
  const input = await decisionInput(state, effect);
  const ruling = await withPast(state, input, (one) => decideAfterDenial(one, denial, had));
  const judged = await settle(state, { call_id: question, effect, denial }, ruling, signal);
  // A hook may say yes and give nothing: then there is no reason to try again.
  return judged.ok === true && !covers(had, judged.permit) ? judged.permit : null;
}

/** Earlier commands matter only to a question, which shows what a rule would have let through. */
async function withPast(
  state: ThreadState,
  input: DecisionInput,
  rule: (input: DecisionInput) => Ruling,
): Promise<Ruling> {
  const ruling = rule(input);
  return ruling.type === "ask" ? rule({ ...input, past: await pastCommands(state) }) : ruling;
}

async function decisionInput(state: ThreadState, effect: Effect): Promise<DecisionInput> {
  const { approval_policy, granular, sandbox_mode, free_patches } = state.settings;
  const { writable, protected: kept } = await threadPolicy(state, AS_MODE);
  return {
    effect,
    approval_policy,
    granular,
    sandbox_mode,
    free_patches,
    workspace: state.settings.cwd,
    writable: { roots: writable, protected: kept },
    rules: state.rules,
    session_grants: state.grants,
  };
}

type Question = Pick<ApprovalRequest, "call_id" | "effect" | "denial">;

async function settle(state: ThreadState, question: Question, ruling: Ruling, signal: AbortSignal): Promise<Judged> {
  const { no_network } = state.services.administrator;
  if (no_network !== null && ruling.type !== "forbid" && (ruling.permit.network !== "none" || !ruling.permit.sandboxed))
    return { ok: false, message: `not run: ${no_network}` };
  if (ruling.type === "allow") return { ok: true, permit: ruling.permit };
  if (ruling.type === "forbid") return { ok: false, message: `not run: ${ruling.reason}` };
  const { effect } = question;
  if (state.services.hooks !== null) {
    const { askHooks } = await import("./hooks.ts");
    const answer = await askHooks(state, { effect, ...ruling }, signal);
    if (answer) return answer === "allow" ? { ok: true, permit: ruling.permit } : { ok: false, message: answer.denied };
  }
  const request = requestOf(state, question, ruling);
  const decision = await ask(state, request, signal);
  return obey(state, request, ruling, decision);
}

type Asking = Ruling & { type: "ask" };

function requestOf(
  { settings }: ThreadState,
  question: Question,
  { permit, reason, choices }: Asking,
): ApprovalRequest {
  const { effect } = question;
  const { sandboxed, extra_write: write, network } = permit;
  return {
    ...question,
    reason,
    justification: (effect.kind === "command" && effect.escalation?.justification) || null,
    sandbox: sandboxed ? settings.sandbox_mode : "danger-full-access",
    ...(write.length > 0 || network !== "none" ? { opens: { write, network: shown(network) } } : {}),
    choices,
  };
}

/** In the form that questions have had from the start, before hosts could be named. */
function shown(network: Network): boolean | { hosts: string[] } {
  return typeof network === "string" ? network === "full" : network;
}

async function ask(state: ThreadState, request: ApprovalRequest, signal: AbortSignal): Promise<Decision> {
  const answer = state.approvals.ask(request, signal);
  state.emit({ type: "approval.requested", request });
  const decision = await answer;
  state.emit({ type: "approval.resolved", call_id: request.call_id, decision });
  return decision;
}

/** Does what was answered, and never more than was offered. */
function obey(state: ThreadState, request: ApprovalRequest, ruling: Asking, decision: Decision): Judged {
  const { permit } = ruling;
  const offered = (type: Decision["type"]) => request.choices.some((choice) => choice.decision === type);
  return match(decision)
    .returnType<Judged>()
    .with({ type: "approved" }, () => ({ ok: true, permit }))
    .with({ type: "session" }, () => {
      if (offered("session")) state.grants.push({ effect: request.effect, permit });
      return { ok: true, permit };
    })
    .with({ type: "always" }, ({ prefix }) => {
      if (offered("always") && isSame(prefix, ruling.prefix ?? [])) keepRule(state, prefix, permit);
      return { ok: true, permit };
    })
    .with({ type: "edited" }, ({ command }) =>
      offered("edited") && command.trim() !== ""
        ? { ok: "edited", command }
        : { ok: false, message: "not run: the user wanted to change it, and gave no command in its place" },
    )
    .with({ type: "denied" }, ({ reason }) => {
      const why = reason ? `; the reason: ${reason}` : "";
      return { ok: false, message: `not run: the user said no${why}` };
    })
    .with({ type: "abort" }, () => {
      state.interrupt();
      return { ok: false, message: "not run: the user said no and stopped the turn" };
    })
    .exhaustive();
}

function isSame(words: readonly string[], others: readonly string[]): boolean {
  return words.length === others.length && words.every((word, index) => word === others[index]);
}

/** The rule is in force at once. That it could not be written is told, and no reason to stop the work. */
function keepRule(state: ThreadState, prefix: string[], permit: Permit): void {
  const rule = ruleOf(prefix, permit);
  try {
    state.addRule(rule, printRule(rule));
  } catch (error) {
    showError(state, `the rule could not be kept, and counts until moat ends: ${(error as Error).message}`);
  }
}
