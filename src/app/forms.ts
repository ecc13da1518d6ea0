import type {
  ApprovalChoice,
  ApprovalRequest,
  Decision,
  UserInputAnswer,
  UserInputQuestion,
  UserInputRequest,
} from "../protocol/index.ts";
import { visible } from "../term/index.ts";
import { choiceNotes } from "../view/index.ts";

/** A field of a form, in the form of JSON Schema that ACP and MCP share. */
export interface FormField {
  type: "string";
  title: string;
  description?: string;
  /** What can be chosen; absent: free text. */
  oneOf?: { const: string; title: string }[];
}

/** A form, for a front end whose other side shows forms. */
export interface Form {
  message: string;
  requestedSchema: { type: "object"; properties: Record<string, FormField>; required?: string[] };
}

/** What came back for a form; `content` by the names of its fields. */
export interface FormAnswer {
  action: string;
  content?: unknown;
}

/** An answer to an approval that can be chosen, with its name in words. */
export interface GrantChoice {
  decision: Exclude<Decision["type"], "edited">;
  name: string;
}

/** The answers to choose from, the narrowest grant first; another command is a text, and no choice. */
export function grantsOf({ choices }: ApprovalRequest): GrantChoice[] {
  return choices.flatMap((choice) =>
    choice.decision === "edited" ? [] : [{ decision: choice.decision, name: grantName(choice) }],
  );
}

/** In its words, with the rule that it would write; a reason for a no has no place to be given. */
function grantName(choice: ApprovalChoice): string {
  if (choice.decision === "denied") return "No";
  return visible([choice.label, ...choiceNotes(choice).map(String)].join("; "));
}

/** The decision that a chosen answer stands for; one that was not offered is a no. */
export function grantDecision({ choices }: ApprovalRequest, chosen: unknown): Decision {
  const choice = choices.find(({ decision }) => decision === chosen);
  if (choice === undefined || choice.decision === "edited")
    return { type: "denied", reason: "the answer was none of those that were offered" };
  if (choice.decision === "always") return { type: "always", prefix: choice.prefix ?? [] };
  return { type: choice.decision };
}

/** Suffix of the field for an answer in own words, beside the options of a question. */
const OTHER = "_other";

/** Questions of the model as a form. */
export function inputForm({ questions }: UserInputRequest): Form {
  const [first] = questions;
  const message =
    questions.length === 1 && first ? visible(first.question) : `The model asks ${questions.length} questions.`;
  return { message, requestedSchema: { type: "object", properties: Object.fromEntries(questions.flatMap(fields)) } };
}

function fields({ id, header, question, options }: UserInputQuestion): [string, FormField][] {
  const title = visible(header === "" ? question : header);
  const asked = { type: "string" as const, title, description: visible(question) };
  if (options.length === 0) return [[id, asked]];
  const oneOf = options.map(({ label, description }) => ({
    const: label,
    title: visible(description === "" ? label : `${label}: ${description}`),
  }));
  return [
    [id, { ...asked, oneOf }],
    [`${id}${OTHER}`, { type: "string", title: `${title}: something else` }],
  ];
}

/** What the person said in a form. */
export function inputFromForm({ questions }: UserInputRequest, { action, content }: FormAnswer): UserInputAnswer {
  if (action === "decline") return { type: "declined", reason: "the user declined to answer" };
  if (action !== "accept") return { type: "declined", reason: "the user dismissed the question" };
  const given = typeof content === "object" && content !== null ? { ...content } : {};
  const answers = questions.flatMap(({ id }) => {
    const words = [fieldOf(given, `${id}${OTHER}`), fieldOf(given, id)].find((one) => one.trim() !== "");
    return words === undefined ? [] : [[id, { answers: [words] }] satisfies [string, { answers: string[] }]];
  });
  if (answers.length === 0) return { type: "declined", reason: "the user passed over it" };
  return { type: "answered", answers: Object.fromEntries(answers) };
}

function fieldOf(content: object, name: string): string {
  const value = Object.entries(content).find(([key]) => key === name)?.[1];
  return typeof value === "string" ? value : "";
}
