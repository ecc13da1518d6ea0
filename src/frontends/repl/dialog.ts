import type { ApprovalRequest, Decision } from "../../protocol/index.ts";
import { dialogs } from "../../term/index.ts";
import { choiceNotes } from "../../view/index.ts";
import { decisionFor } from "./question.ts";

/** Asks in a dialog of the terminal. Escape and Ctrl-C stop the turn; so does the signal. */
export async function askInDialog(request: ApprovalRequest, signal: AbortSignal): Promise<Decision> {
  const { isCancel, select, text } = await dialogs();
  const chosen = await select({
    message: "Your answer",
    options: request.choices.map((choice, value) => ({
      value,
      label: choice.label,
      hint: choiceNotes(choice).join("; "),
    })),
    signal,
  });
  const choice = isCancel(chosen) ? undefined : request.choices[chosen];
  if (!choice) return { type: "abort" };
  if (choice.decision === "edited") {
    const command = await text({ message: "Run this instead", initialValue: choice.command ?? "", signal });
    return isCancel(command) ? { type: "abort" } : decisionFor(choice, command ?? "");
  }
  if (choice.decision !== "denied") return decisionFor(choice, "");
  const reason = await text({ message: "Why not? The model is told (Enter: no reason)", signal });
  return decisionFor(choice, isCancel(reason) ? "" : (reason ?? "").trim());
}
