import { type Form, type FormAnswer, grantDecision, grantsOf, inputForm, inputFromForm } from "../../app/forms.ts";
import type { Op } from "../../protocol/index.ts";
import { styleFor } from "../../term/index.ts";
import { approvalLines } from "../../view/index.ts";
import type { Question } from "./served-thread.ts";

const PLAIN = styleFor("never", false, {});
/** Field of the form in which an approval is answered. */
const DECISION = "decision";

/** A question as the form that its caller shows. What is approved stands there whole, with every character of it visible. */
export function formOf(question: Question): Form {
  if (question.type === "user_input.requested") return inputForm(question.request);
  const { request } = question;
  const oneOf = grantsOf(request).map(({ decision, name }) => ({ const: decision, title: name }));
  return {
    message: approvalLines(request, PLAIN).map(String).join("\n"),
    requestedSchema: {
      type: "object",
      properties: { [DECISION]: { type: "string", title: "Decision", oneOf } },
      required: [DECISION],
    },
  };
}

/** The op that a form's answer is; a form that was dismissed stops the turn, one that was declined is a no. */
export function answerTo(question: Question, answer: FormAnswer): Op {
  const { call_id } = question.request;
  const asker = question.thread_id === undefined ? {} : { thread_id: question.thread_id };
  if (question.type === "user_input.requested")
    return { type: "user_input", call_id, answer: inputFromForm(question.request, answer), ...asker };
  if (answer.action === "accept") {
    const { content } = answer;
    const chosen = typeof content === "object" && content !== null && DECISION in content ? content[DECISION] : null;
    return { type: "approval", call_id, decision: grantDecision(question.request, chosen), ...asker };
  }
  if (answer.action === "decline") return { type: "approval", call_id, decision: { type: "denied" }, ...asker };
  return { type: "approval", call_id, decision: { type: "abort" }, ...asker };
}

/** The op for a caller that shows no forms. */
export function unasked(question: Question): Op {
  const { call_id } = question.request;
  const asker = question.thread_id === undefined ? {} : { thread_id: question.thread_id };
  const reason = "the MCP client cannot ask the user (it offers no elicitation)";
  return question.type === "approval.requested"
    ? { type: "approval", call_id, decision: { type: "denied", reason }, ...asker }
    : { type: "user_input", call_id, answer: { type: "declined", reason }, ...asker };
}
