import { decisionFor, inputAnswer, lettersOf } from "../../app/index.ts";
import type {
  ApprovalRequest,
  Decision,
  UserInputAnswer,
  UserInputQuestion,
  UserInputRequest,
} from "../../protocol/index.ts";
import { type Dialog, loadDialogs } from "../../term/index.ts";
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

/** Puts the model's questions, one after the other. Escape stops the turn. */
export async function inputInDialog(request: UserInputRequest, { signal, rest }: Beside): Promise<UserInputAnswer> {
  const { inDialog } = await loadDialogs();
  return inDialog(
    async (dialog) => {
      const said: (string | null)[] = [];
      for (const question of request.questions) {
        const answer = await oneInput(dialog, question, signal);
        if (answer === null) return { type: "abort" };
        said.push(answer.text);
      }
      return inputAnswer(request, said);
    },
    { rest },
  );
}

/** `text` null: passed over; null: left. */
async function oneInput(
  dialog: Dialog,
  { header, question, options }: UserInputQuestion,
  signal: AbortSignal,
): Promise<{ text: string | null } | null> {
  const message = header === "" ? question : `${header}: ${question}`;
  if (options.length > 0) {
    const pass = { text: null };
    const other = { text: "" };
    const chosen = await dialog.choose<{ text: string | null }>({
      message,
      options: [
        ...options.map(({ label, description }) => ({ value: { text: label }, label, hint: description })),
        { value: other, label: "Something else", letters: ["o"] },
        { value: pass, label: "Pass over it", letters: ["n"] },
      ],
      preselected: pass,
      signal,
    });
    if (chosen !== other) return chosen;
  }
  const text = await dialog.text({ message: options.length > 0 ? "Your answer" : message, signal });
  return text === null ? null : { text: text.trim() === "" ? null : text.trim() };
}

/** What becomes of a plan; null: what the person says next. */
export async function planInDialog({ signal, rest }: Beside): Promise<"here" | "clean" | null> {
  const { inDialog } = await loadDialogs();
  const say = { label: "No: I say what should change", letters: ["n"], value: null };
  return inDialog(
    (dialog) =>
      dialog.choose<"here" | "clean" | null>({
        message: "Carry the plan out?",
        options: [
          { label: "Yes, here: out of plan mode, as before it", letters: ["y"], value: "here" },
          { label: "Yes, in a new thread that knows nothing but the plan", letters: ["c"], value: "clean" },
          say,
        ],
        preselected: null,
        signal,
      }),
    { rest },
  );
}
