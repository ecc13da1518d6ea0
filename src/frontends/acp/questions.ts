import type {
  CreateElicitationRequest,
  CreateElicitationResponse,
  ElicitationPropertySchema,
  PermissionOption,
  RequestPermissionRequest,
  RequestPermissionResponse,
  ToolCallUpdate,
} from "@agentclientprotocol/sdk";
import { scriptIn } from "../../base/index.ts";
import type {
  ApprovalChoice,
  ApprovalRequest,
  Decision,
  Effect,
  UserInputAnswer,
  UserInputQuestion,
  UserInputRequest,
} from "../../protocol/index.ts";
import { styleFor, visible } from "../../term/index.ts";
import { approvalLines, choiceNotes } from "../../view/index.ts";
import { shownChanges } from "./diffs.ts";
import { textContent } from "./tool-calls.ts";

const PLAIN = styleFor("never", false, {});

const OPTION_KINDS: Record<Exclude<Decision["type"], "edited">, PermissionOption["kind"]> = {
  approved: "allow_once",
  session: "allow_always",
  always: "allow_always",
  denied: "reject_once",
  abort: "reject_once",
};

/** The answers that an editor can give, the narrowest grant first; another command needs a text, which it cannot. */
function optionsOf({ choices }: ApprovalRequest): PermissionOption[] {
  return choices.flatMap((choice) =>
    choice.decision === "edited"
      ? []
      : [{ optionId: choice.decision, name: optionName(choice), kind: OPTION_KINDS[choice.decision] }],
  );
}

/** In its words, with the rule that it would write; a reason for a no has no place to be given. */
function optionName(choice: ApprovalChoice): string {
  if (choice.decision === "denied") return "No";
  return visible([choice.label, ...choiceNotes(choice).map(String)].join("; "));
}

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
  return { sessionId, toolCall, options: optionsOf(request) };
}

function effectTitle(effect: Effect): string {
  if (effect.kind === "command") return visible(scriptIn(effect.argv) ?? effect.command);
  if (effect.kind === "mcp") return visible(`${effect.server}.${effect.tool}`);
  return visible(effect.changes.map(({ kind, path }) => `${kind} ${path}`).join(", "));
}

/** The decision that an answer stands for; an option that was not offered is a no. */
export function permissionDecision({ choices }: ApprovalRequest, { outcome }: RequestPermissionResponse): Decision {
  if (outcome.outcome === "cancelled") return { type: "abort" };
  const choice = choices.find(({ decision }) => decision === outcome.optionId);
  if (choice === undefined || choice.decision === "edited")
    return { type: "denied", reason: "the editor gave an answer that was not offered" };
  if (choice.decision === "always") return { type: "always", prefix: choice.prefix ?? [] };
  return { type: choice.decision };
}

/** Suffix of the field for an answer in own words, beside the options of a question. */
const OTHER = "_other";

/** Questions of the model as a form. */
export function inputForm(sessionId: string, { questions }: UserInputRequest): CreateElicitationRequest {
  const [first] = questions;
  const message = questions.length === 1 && first ? first.question : `The model asks ${questions.length} questions.`;
  const properties = Object.fromEntries(questions.flatMap(fields));
  return { mode: "form", sessionId, message, requestedSchema: { type: "object", properties } };
}

function fields({ id, header, question, options }: UserInputQuestion): [string, ElicitationPropertySchema][] {
  const title = header === "" ? question : header;
  if (options.length === 0) return [[id, { type: "string", title, description: question }]];
  const oneOf = options.map(({ label, description }) => ({ const: label, title: label, description }));
  return [
    [id, { type: "string", title, description: question, oneOf }],
    [`${id}${OTHER}`, { type: "string", title: `${title}: something else` }],
  ];
}

/** What the person said in a form. */
export function inputAnswers({ questions }: UserInputRequest, response: CreateElicitationResponse): UserInputAnswer {
  if (response.action === "decline") return { type: "declined", reason: "the user declined to answer" };
  const content = response.action === "accept" ? contentOf(response) : null;
  if (content === null) return { type: "declined", reason: "the user dismissed the question" };
  const said = questions.flatMap(({ id }) => {
    const words = [content[`${id}${OTHER}`], content[id]].find((one) => typeof one === "string" && one.trim() !== "");
    return typeof words === "string" ? [[id, { answers: [words] }] satisfies [string, { answers: string[] }]] : [];
  });
  if (said.length === 0) return { type: "declined", reason: "the user passed over it" };
  return { type: "answered", answers: Object.fromEntries(said) };
}

function contentOf(response: CreateElicitationResponse): Record<string, unknown> | null {
  const content = "content" in response ? response.content : null;
  return typeof content === "object" && content !== null ? { ...content } : null;
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
