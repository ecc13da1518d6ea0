import { decisionFor, lettersOf } from "../../app/index.ts";
import type { ApprovalRequest, Decision } from "../../protocol/index.ts";
import { loadDialogs } from "../../term/index.ts";
import { choiceNotes } from "../../view/index.ts";

/** What a dialog needs of the line below it. */
interface Beside {
  signal: AbortSignal;
  /** Gets what was typed and is no answer. */
  rest(typed: string): void;
}

/** Asks in a dialog of the terminal. Escape and Ctrl-C stop the turn; so does the signal. */
export async function askInDialog(request: ApprovalRequest, { signal, rest }: Beside): Promise<Decision> {
  const { inDialog } = await loadDialogs();
  const { choices } = request;
  const no =
    choices.find(({ decision }) => decision === "denied") ?? choices.find(({ decision }) => decision === "abort");
  return inDialog(
    async (dialog) => {
      const choice = await dialog.choose({
        message: "Your answer (its letter or number; Enter: the marked one; Esc: no, and stop)",
        options: choices.map((value) => ({
          value,
          label: value.label,
          hint: choiceNotes(value).join("; "),
          letters: lettersOf(value),
        })),
        ...(no ? { preselected: no } : {}),
        signal,
      });
      if (!choice) return { type: "abort" };
      if (choice.decision === "edited") {
        const command = await dialog.text({ message: "Run this instead", value: choice.command ?? "", signal });
        return command === null ? { type: "abort" } : decisionFor(choice, command);
      }
      if (choice.decision !== "denied") return decisionFor(choice, "");
      const reason = await dialog.text({ message: "Why not? The model is told (Enter: no reason)", signal });
      return decisionFor(choice, (reason ?? "").trim());
    },
    { rest },
  );
}

/** Asks for a yes or a no; everything but a yes is a no. */
export async function confirmInDialog(question: string, { signal, rest }: Beside): Promise<boolean> {
  const { inDialog, yesOrNo } = await loadDialogs();
  return inDialog(async (dialog) => (await yesOrNo(dialog, question, signal)) === true, { rest });
}
