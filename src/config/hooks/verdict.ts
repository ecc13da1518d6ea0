import type { JsonObject } from "../../protocol/index.ts";
import { isTable } from "../schema/type.ts";
import type { HookEvent } from "./events.ts";

/** How a hook's program ended, and what it printed (each stream at most 1 MiB). */
export interface HookRun {
  /** `not_started`, `not_trusted`: `stderr` says why. */
  ended: "exited" | "timed_out" | "interrupted" | "not_started" | "not_trusted";
  /** The program's own, 128 + signal; null when it was not started. */
  exit_code: number | null;
  stdout: string;
  stderr: string;
  duration_ms: number;
}

/** What a hook, or all hooks of an event together, want. */
export interface HookVerdict {
  /**
   * PreToolUse and PermissionRequest. deny: the call is not run and the model is told `reason`. ask: a person decides.
   * allow: nobody is asked; the sandbox stays. null: no opinion.
   */
  permission: "allow" | "ask" | "deny" | null;
  /**
   * UserPromptSubmit: the prompt is not sent. PreCompact: no compaction. PostToolUse, PostToolUseFailure, Stop, SubagentStop: the
   * model is told `reason` and goes on.
   */
  block: boolean;
  /** Why, for the model (UserPromptSubmit: for the user). */
  reason: string | null;
  /** Texts that are added for the model. */
  context: string[];
  /** Arguments that take the place of the call's own. */
  updated_input: JsonObject | null;
  /** The turn ends here, with this reason for the user. */
  stop: string | null;
  /** For the user, not for the model. */
  messages: string[];
  /** What went wrong with a hook; the event goes on as if it had not been there. */
  problems: string[];
}

const SILENT: HookVerdict = {
  permission: null,
  block: false,
  reason: null,
  context: [],
  updated_input: null,
  stop: null,
  messages: [],
  problems: [],
};

/** Events whose plain (not JSON) output is context for the model. */
const TALKS_TO_MODEL: ReadonlySet<HookEvent> = new Set(["SessionStart", "UserPromptSubmit"]);
const GUARDS: ReadonlySet<HookEvent> = new Set(["PreToolUse", "PermissionRequest"]);
/** What has happened already, or begins in any case. */
const CANNOT_BLOCK: ReadonlySet<HookEvent> = new Set([
  "SessionStart",
  "PostCompact",
  "SubagentStart",
  "SessionEnd",
  "Notification",
]);

/**
 * Reads a verdict from how a program ended. Exit code 2: block, with stderr as the reason. A JSON object: what it says, however
 * the program ended; a program that failed only cannot allow anything. Without either, 0 is no objection, and a failure, a
 * time-out and unreadable JSON are a problem that is shown and does not stop anything, as with the peers. Only a program that is
 * no longer the trusted one blocks: a guard must not be switched off by writing over it.
 */
export function readVerdict(event: HookEvent, command: string, run: HookRun): HookVerdict {
  const failed = (what: string): HookVerdict => ({ ...SILENT, problems: [`the ${event} hook \`${command}\` ${what}`] });
  switch (run.ended) {
    case "not_trusted":
      return notRun(event, command, `was not run: ${run.stderr}`);
    case "not_started":
      return notRun(event, command, `could not be started: ${run.stderr}`);
    case "timed_out":
    case "interrupted":
    case "exited":
      break;
  }
  if (run.exit_code === 2) return blocked(event, run.stderr.trim() || `the ${event} hook \`${command}\` said no`);
  if (run.ended === "exited" && run.exit_code === 0) return readOutput(event, run.stdout.trim(), failed);
  const failure = run.ended === "interrupted" ? SILENT : failed(failureText(run));
  const answer = parseObject(run.stdout.trim());
  return answer === null ? failure : afterFailure(fromJson(event, answer, failed), failure);
}

function failureText({ ended, exit_code, stderr, duration_ms }: HookRun): string {
  if (ended === "timed_out") return `took longer than its time limit (${duration_ms} ms) and was ended`;
  return `failed with exit code ${exit_code}${firstLine(stderr)}`;
}

/** The answer of a program that failed counts, but for a yes: it may have failed before it had looked at everything. */
function afterFailure(answer: HookVerdict, { problems }: HookVerdict): HookVerdict {
  const permission = answer.permission === "allow" ? null : answer.permission;
  return { ...answer, permission, problems: [...problems, ...answer.problems] };
}

/** A guard that did not run denies: it must not be switched off by taking its program or its directory away. */
function notRun(event: HookEvent, command: string, what: string): HookVerdict {
  const reason = `the ${event} hook \`${command}\` ${what}`;
  return { ...SILENT, problems: [reason], ...(GUARDS.has(event) ? { permission: "deny" as const, reason } : {}) };
}

function readOutput(event: HookEvent, stdout: string, failed: (what: string) => HookVerdict): HookVerdict {
  if (stdout === "") return SILENT;
  const value = stdout.startsWith("{") ? parseObject(stdout) : null;
  if (value !== null) return fromJson(event, value, failed);
  if (/^[{[]/.test(stdout)) return failed("printed something that is meant as JSON but is not a JSON object");
  return TALKS_TO_MODEL.has(event) ? { ...SILENT, context: [stdout] } : SILENT;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isTable(value) ? value : null;
  } catch {
    return null;
  }
}

function blocked(event: HookEvent, reason: string): HookVerdict {
  if (CANNOT_BLOCK.has(event)) return { ...SILENT, messages: [reason] };
  return GUARDS.has(event) ? { ...SILENT, permission: "deny", reason } : { ...SILENT, block: true, reason };
}

/** The output format of Claude Code's hooks, which codex took over. Fields that moat does not know are ignored. */
function fromJson(
  event: HookEvent,
  output: Record<string, unknown>,
  failed: (what: string) => HookVerdict,
): HookVerdict {
  const specific = isTable(output.hookSpecificOutput) ? output.hookSpecificOutput : {};
  const reason = text(specific.permissionDecisionReason) ?? text(output.reason);
  const decision = decisionOf(event, output, specific, reason);
  if (specific.hookEventName !== undefined && specific.hookEventName !== event) {
    const { problems } = failed(`answered for another event: ${JSON.stringify(specific.hookEventName)}`);
    // A no is a no, whatever it was meant for.
    return decision.permission === "deny" || decision.block ? { ...decision, problems } : { ...SILENT, problems };
  }
  const verdict: HookVerdict = { ...decision, context: list(specific.additionalContext) };
  verdict.messages = list(output.systemMessage);
  if (isTable(specific.updatedInput)) verdict.updated_input = specific.updatedInput as JsonObject;
  if (output.continue === false) verdict.stop = text(output.stopReason) ?? `a ${event} hook ended the turn`;
  return verdict;
}

function decisionOf(
  event: HookEvent,
  output: Record<string, unknown>,
  specific: Record<string, unknown>,
  reason: string | null,
): HookVerdict {
  const nested = isTable(specific.decision) ? specific.decision : {};
  const words = [specific.permissionDecision, nested.behavior, output.decision];
  const says = (...wanted: string[]) => words.some((word) => typeof word === "string" && wanted.includes(word));
  if (says("block", "deny")) return blocked(event, text(nested.message) ?? reason ?? `a ${event} hook said no`);
  if (!GUARDS.has(event)) return { ...SILENT, reason };
  if (says("ask")) return { ...SILENT, permission: "ask", reason };
  if (says("allow", "approve")) return { ...SILENT, permission: "allow", reason };
  return SILENT;
}

/** All verdicts of one event as one: the strictest permission wins, with its own reason; of changed arguments the last. */
export function joinVerdicts(verdicts: readonly HookVerdict[]): HookVerdict {
  const rank = { deny: 3, ask: 2, allow: 1 } as const;
  const strictest = verdicts.reduce<HookVerdict>((a, b) => (strength(b, rank) > strength(a, rank) ? b : a), SILENT);
  const denied = strictest.permission === "deny" || strictest.block;
  return {
    permission: strictest.permission,
    block: verdicts.some((v) => v.block),
    reason: strictest.reason,
    context: verdicts.flatMap((v) => v.context),
    updated_input: denied ? null : (verdicts.findLast((v) => v.updated_input !== null)?.updated_input ?? null),
    stop: verdicts.find((v) => v.stop !== null)?.stop ?? null,
    messages: verdicts.flatMap((v) => v.messages),
    problems: verdicts.flatMap((v) => v.problems),
  };
}

function strength(verdict: HookVerdict, rank: Record<"deny" | "ask" | "allow", number>): number {
  if (verdict.block) return 3;
  return verdict.permission === null ? 0 : rank[verdict.permission];
}

const text = (value: unknown): string | null =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : null;
const list = (value: unknown): string[] => (text(value) === null ? [] : [text(value) ?? ""]);

function firstLine(stderr: string): string {
  const line = stderr.trim().split("\n")[0] ?? "";
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}
