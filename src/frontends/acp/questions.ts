import type {
  CreateElicitationRequest,
  PermissionOption,
  RequestPermissionRequest,
  RequestPermissionResponse,
  ToolCallUpdate,
} from "@agentclientprotocol/sdk";
import { type GrantChoice, grantDecision, grantsOf, inputForm } from "../../app/forms.ts";
import { scriptIn } from "../../base/index.ts";
import type { ApprovalRequest, Decision, Effect, UserInputRequest } from "../../protocol/index.ts";
import { styleFor, visible } from "../../term/index.ts";
import { approvalLines } from "../../view/index.ts";
import { shownChanges } from "./diffs.ts";
import { textContent } from "./tool-calls.ts";

const PLAIN = styleFor("never", false, {});

const OPTION_KINDS: Record<GrantChoice["decision"], PermissionOption["kind"]> = {
  approved: "allow_once",
  session: "allow_always",
  always: "allow_always",
  denied: "reject_once",
  abort: "reject_once",
};

/** A question as an editor asks it. What is approved stands there whole, with every character of it visible. */
export function permissionRequest(
  sessionId: string,
  toolCallId: string,
  request: ApprovalRequest,
): RequestPermissionRequest {
  const { effect } = request;
  const lines = approvalLines(request, PLAIN).map(String).join("\n");
  const diffs = effect.kind === "patch" ? shownChanges(effect.changes) : { content: [], locations: [] };
  const toolCall: ToolCallUpdate = {
    toolCallId,
    title: effectTitle(effect),
    kind: effect.kind === "command" ? "execute" : effect.kind === "patch" ? "edit" : "other",
    status: "pending",
    content: [textContent(lines), ...diffs.content],
    locations: diffs.locations,
    rawInput: effect,
  };
  const options = grantsOf(request).map(({ decision, name }) => ({
    optionId: decision,
    name,
    kind: OPTION_KINDS[decision],
  }));
  return { sessionId, toolCall, options };
}

function effectTitle(effect: Effect): string {
  if (effect.kind === "command") return visible(scriptIn(effect.argv) ?? effect.command);
  if (effect.kind === "mcp") return visible(`${effect.server}.${effect.tool}`);
  return visible(effect.changes.map(({ kind, path }) => `${kind} ${path}`).join(", "));
}

/** The decision that an answer stands for. */
export function permissionDecision(request: ApprovalRequest, { outcome }: RequestPermissionResponse): Decision {
  return outcome.outcome === "cancelled" ? { type: "abort" } : grantDecision(request, outcome.optionId);
}

/** Questions of the model as a form. */
export function elicitation(sessionId: string, request: UserInputRequest): CreateElicitationRequest {
  return { mode: "form", sessionId, ...inputForm(request) };
}

const PLAN_YES = "carry_out";

/** What becomes of a plan is asked for like a change of the mode. */
export function planRequest(sessionId: string, toolCallId: string, plan: string): RequestPermissionRequest {
  return {
    sessionId,
    toolCall: {
      toolCallId,
      title: "Leave plan mode and carry out this plan",
      kind: "switch_mode",
      status: "pending",
      content: [textContent(plan)],
    },
    options: [
      { optionId: PLAN_YES, name: "Yes, carry it out", kind: "allow_once" },
      { optionId: "keep_planning", name: "No, go on planning", kind: "reject_once" },
    ],
  };
}

export function carriesOut({ outcome }: RequestPermissionResponse): boolean {
  return outcome.outcome === "selected" && outcome.optionId === PLAN_YES;
}
