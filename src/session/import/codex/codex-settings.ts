import type { SandboxMode, TurnContext } from "../../../protocol/index.ts";
import { approvalPolicyOf, leastOf, narrowerMode, narrowerPolicy, sandboxModeOf } from "../../narrow.ts";
import { type Foreign, isObject, listOf, stringOf } from "../foreign.ts";

/**
 * Follows the settings of a Codex thread through its file. Up to 0.100 a turn says its own (`turn_context`) after the prompt, and
 * again after each of its steps; later ones before the prompt; a file may have both, when a newer version went on with it.
 */
export class TurnSettings {
  #now: TurnContext;
  /** The turn that runs, or the last one; its context is corrected by what comes later. */
  #turn: { context: TurnContext } | null = null;
  #running = false;
  /** `#now` is what the running turn, or the one that is about to begin, said itself. */
  #told = false;

  constructor(first: TurnContext) {
    this.#now = first;
  }

  get now(): TurnContext {
    return this.#now;
  }

  /** A `turn_context` line. */
  tell(payload: Foreign): void {
    this.#now = contextOf(payload, this.#now);
    this.#told = true;
    if (this.#turn && this.#running) this.#turn.context = this.#now;
  }

  /** Settings were changed between turns; the next turn says its own. */
  change(settings: Foreign): void {
    this.#now = narrowedBy(modeOf(settings), settings.approval_policy, this.#now);
  }

  begin(turn: { context: TurnContext }): void {
    this.#turn = turn;
    this.#running = true;
  }

  /** What the model was told of its environment. In files that say no settings of turns it is all that there is. */
  hint(environment: string): void {
    const { untold } = this.#now;
    const said = (pattern: RegExp) => environment.match(pattern)?.slice(1).find(Boolean);
    const mode = sandboxModeOf(said(/<sandbox_mode>([a-z-]+)<|^Sandbox policy: ([a-z-]+)$/m));
    const policy = approvalPolicyOf(said(/<approval_policy>([a-z-]+)<|^Approval policy: ([a-z-]+)$/m));
    if (untold?.sandbox_mode === undefined || (mode === null && policy === null)) return;
    const sandbox_mode = mode ?? untold.sandbox_mode;
    const approval_policy = policy ?? untold.approval_policy ?? "never";
    this.#now = { ...this.#now, untold: { ...untold, sandbox_mode, approval_policy } };
    if (this.#turn && this.#running) this.#turn.context = this.#now;
  }

  /**
   * The turn is over. One that said nothing of its settings, or whose line is damaged, had the least; in a file that never says
   * them, the user's configuration does.
   */
  end(): void {
    if (this.#turn && this.#running && !this.#told) {
      if (this.#now.untold?.sandbox_mode === undefined) this.#now = leastOf(this.#now);
      this.#turn.context = this.#now;
    }
    this.#running = false;
    this.#told = false;
  }

  /** The thread is over. What was set after its last turn counts as far as it is narrower. */
  finish(): void {
    const { untold, after_plan, ...now } = this.#now;
    const { sandbox_mode, approval_policy } = { ...now, ...after_plan, ...untold };
    if (this.#turn) this.#turn.context = narrowedBy(sandbox_mode, approval_policy, this.#turn.context);
  }
}

/** A model or directory that the line does not say stays as it was before; modes that no line said yet stay the user's. */
function contextOf(payload: Foreign, before: TurnContext): TurnContext {
  const least = leastOf(before);
  const { untold = {} } = before;
  const model = stringOf(payload.model);
  const mode = modeOf(payload) ?? (untold.sandbox_mode === undefined ? least.sandbox_mode : null);
  const policy = payload.approval_policy ?? (untold.approval_policy === undefined ? "none" : null);
  const left = {
    ...(model === null && untold.model ? { model: untold.model } : {}),
    ...(untold.model_provider ? { model_provider: untold.model_provider } : {}),
    ...(mode === null && untold.sandbox_mode ? { sandbox_mode: untold.sandbox_mode } : {}),
    ...(policy === null && untold.approval_policy ? { approval_policy: untold.approval_policy } : {}),
  };
  const plan = isObject(payload.collaboration_mode) && payload.collaboration_mode.mode === "plan";
  return inPlanMode(plan, {
    cwd: stringOf(payload.cwd) ?? before.cwd,
    model: model ?? before.model,
    model_provider: before.model_provider,
    effort: stringOf(payload.effort),
    approval_policy: approvalPolicyOf(policy) ?? least.approval_policy,
    sandbox_mode: mode ?? least.sandbox_mode,
    ...(Object.keys(left).length === 0 ? {} : { untold: left }),
  });
}

/** Codex asks its model alone to change nothing; here the kernel sees to it, so the thread goes on with less. */
function inPlanMode(plan: boolean, context: TurnContext): TurnContext {
  if (!plan) return context;
  const { approval_policy, sandbox_mode } = context;
  return {
    ...context,
    approval_policy: "never",
    sandbox_mode: "read-only",
    after_plan: { approval_policy, sandbox_mode },
  };
}

function narrowedBy(mode: SandboxMode | null, policy: unknown, before: TurnContext): TurnContext {
  const { untold } = before;
  const { sandbox_mode, approval_policy } = before.after_plan ?? before;
  const narrowed = {
    sandbox_mode: mode === null ? sandbox_mode : narrowerMode(mode, sandbox_mode),
    approval_policy: policy === "untrusted" ? "untrusted" : approval_policy,
  };
  const most = {
    ...(untold?.sandbox_mode && mode ? { sandbox_mode: narrowerMode(mode, untold.sandbox_mode) } : {}),
    ...(untold?.approval_policy
      ? { approval_policy: narrowerPolicy(approvalPolicyOf(policy) ?? "never", untold.approval_policy) }
      : {}),
  };
  return {
    ...before,
    // Plan mode itself is the narrowest there is.
    ...(before.after_plan === undefined ? narrowed : { after_plan: narrowed }),
    ...(untold === undefined ? {} : { untold: { ...untold, ...most } }),
  };
}

/** The mode that settings come to, by `sandbox_policy` and `permission_profile`, the narrower of both; null: neither is there. */
function modeOf({ sandbox_policy, permission_profile }: Foreign): SandboxMode | null {
  const said = [
    ...((sandbox_policy ?? null) === null ? [] : [policyMode(sandbox_policy)]),
    ...((permission_profile ?? null) === null ? [] : [profileMode(permission_profile)]),
  ];
  const [first, second] = said;
  return first === undefined ? null : narrowerMode(first, second ?? first);
}

/** `{type}` since November 2025, `{mode}` before. A mode of another machine's making (`external-sandbox`) is not here. */
function policyMode(policy: unknown): SandboxMode {
  const name = isObject(policy) ? (policy.type ?? policy.mode) : policy;
  const mode = sandboxModeOf(name);
  return mode === null || mode === "external" ? "read-only" : mode;
}

/** `disabled`, or `managed` with a list of what may be read and written. */
function profileMode(profile: unknown): SandboxMode {
  if (!isObject(profile)) return "read-only";
  if (profile.type === "disabled") return "danger-full-access";
  const files = profile.type === "managed" && isObject(profile.file_system) ? profile.file_system : {};
  const writes = files.type === "unrestricted" || listOf(files.entries).some(({ access }) => access === "write");
  return writes ? "workspace-write" : "read-only";
}
