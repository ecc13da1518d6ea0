import {
  answerPrompt,
  inputAnswer,
  inputLines,
  inputPrompt,
  questionLines,
  readAnswer,
  readInput,
} from "../../app/index.ts";
import type { ApprovalRequest, Decision, Event, Op, UserInputAnswer, UserInputRequest } from "../../protocol/index.ts";
import { ReadingTime } from "../../term/index.ts";
import { approvalLines } from "../../view/index.ts";
import type { LineInput } from "./lines.ts";
import type { ReplOptions } from "./options.ts";
import type { ReplScreen } from "./screen.ts";

interface AskerParts {
  options: Pick<ReplOptions, "dialogs" | "source" | "style" | "signal">;
  screen: ReplScreen;
  input: LineInput;
  /** A turn that is being stopped is not asked about any more. */
  stopped(): boolean;
}

/** A question of moat's or of the model's. */
export type Asking = Extract<Event, { type: "approval.requested" | "user_input.requested" }>;

/** A question that waits for a typed line. */
interface Asked {
  prompt: string;
  /** It was on the screen for as long as reading takes. */
  open: boolean;
  resolve(line: string | null): void;
}

/** Questions to the person, in dialogs of the terminal or as typed lines. */
export class Asker {
  readonly #parts: AskerParts;
  readonly #reading = new ReadingTime();
  #asked: Asked | null = null;

  constructor(parts: AskerParts) {
    this.#parts = parts;
  }

  /** A question waits for a line. */
  get waiting(): boolean {
    return this.#asked !== null;
  }

  /** Gives a line to the question that waits for one. False: none does, or the line was typed before it could be read. */
  take(line: string): boolean {
    const asked = this.#asked;
    // A pipe answers in advance; a person does not.
    if (!asked || (this.#parts.options.source !== "piped" && !asked.open)) return false;
    asked.resolve(line);
    return true;
  }

  /** Shows the question that waits once more, below what another line led to. */
  again(): void {
    if (this.#asked) this.#show(this.#asked);
  }

  /** Nobody will answer. */
  cancel(): void {
    this.#asked?.resolve(null);
  }

  /** The op that answers a question; null: the turn is over without an answer. */
  async answer(event: Asking): Promise<Extract<Op, { type: "approval" | "user_input" }> | null> {
    const { call_id } = event.request;
    const asker = event.thread_id === undefined ? {} : { thread_id: event.thread_id };
    if (event.type === "approval.requested") {
      const decision = await this.#approve(event.request);
      return decision && { type: "approval", call_id, decision, ...asker };
    }
    const answer = await this.#input(event.request);
    return answer && { type: "user_input", call_id, answer, ...asker };
  }

  async #approve(request: ApprovalRequest): Promise<Decision | null> {
    const { options, screen } = this.#parts;
    if (!options.dialogs) return this.#typedAnswer(request);
    const { askInDialog } = await import("./dialog.ts");
    return this.#inDialog((rest) => {
      for (const line of approvalLines(request, options.style)) screen.ask(line);
      return askInDialog(request, { signal: options.signal, rest });
    });
  }

  /** Puts the model's questions, one after the other. */
  async #input(request: UserInputRequest): Promise<UserInputAnswer | null> {
    const { options, screen, stopped } = this.#parts;
    const { questions } = request;
    if (options.dialogs) {
      const { inputInDialog } = await import("./dialog.ts");
      return this.#inDialog((rest) => inputInDialog(request, { signal: options.signal, rest }));
    }
    const said: (string | null)[] = [];
    for (const [index, question] of questions.entries()) {
      for (const line of inputLines(question, index + 1, questions.length, options.style)) screen.ask(line);
      const line = await this.#question(inputPrompt(question));
      if (line === null) return stopped() ? null : { type: "declined", reason: "nobody was there to answer" };
      said.push(readInput(line, question));
    }
    return inputAnswer(request, said);
  }

  /** What becomes of a plan: carried out here, in a clean thread, or (null) what the person says next. */
  async plan(): Promise<"here" | "clean" | null> {
    const { options, screen } = this.#parts;
    if (options.dialogs) {
      const { planInDialog } = await import("./dialog.ts");
      return this.#inDialog((rest) => planInDialog({ signal: options.signal, rest }));
    }
    screen.line("y carries the plan out here, c in a new thread that knows nothing else; n, or what should change");
    while (true) {
      const line = (await this.#question("carry it out [y/c/n]: "))?.trim() ?? "n";
      if (/^y(es)?$/i.test(line)) return "here";
      if (/^c(lean)?$/i.test(line)) return "clean";
      if (line !== "" && !/^no?$/i.test(line)) this.#parts.input.putBack(line);
      if (line !== "") return null;
    }
  }

  async confirm(question: string): Promise<boolean> {
    const { options } = this.#parts;
    if (options.dialogs) {
      const { confirmInDialog } = await import("./dialog.ts");
      return (await this.#inDialog((rest) => confirmInDialog(question, { signal: options.signal, rest }))) === true;
    }
    const answer = await this.#question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer?.trim() ?? "");
  }

  /** Who is in the middle of a line finishes it first; what is typed from then on is kept from the answer by the dialog. */
  async #inDialog<T>(dialog: (rest: (typed: string) => void) => Promise<T>): Promise<T | null> {
    const { input, stopped } = this.#parts;
    while (input.idle() !== null) await input.idle();
    return stopped() ? null : input.suspended(dialog);
  }

  async #typedAnswer(request: ApprovalRequest): Promise<Decision | null> {
    const { options, screen, input, stopped } = this.#parts;
    for (const line of questionLines(request, options.style)) screen.ask(line);
    while (true) {
      const line = await this.#question(answerPrompt(request));
      if (line === null)
        return stopped() ? null : { type: "denied", reason: "nobody was there to answer", by: "policy" };
      const answer = readAnswer(line, request);
      if (answer.type === "decision") return answer.decision;
      if (answer.type === "command") {
        const command = await this.#question("run instead: ");
        return command?.trim() ? { type: "edited", command } : { type: "denied" };
      }
      if (options.source === "piped") {
        // What a program wrote for the model is no answer, and must not be lost.
        input.putBack(line);
        screen.line("that is no answer: taken as no");
        return { type: "denied", reason: "the input had no answer to this question", by: "policy" };
      }
    }
  }

  /** The next line that is typed; null when there is none, or the turn was interrupted. */
  async #question(prompt: string): Promise<string | null> {
    const answer = Promise.withResolvers<string | null>();
    this.#asked = { prompt, open: false, resolve: answer.resolve };
    this.#show(this.#asked);
    const line = await answer.promise;
    this.#reading.stop();
    this.#asked = null;
    return line;
  }

  #show(asked: Asked): void {
    asked.open = false;
    this.#parts.input.prompt(asked.prompt);
    this.#reading.begin(() => {
      asked.open = true;
    });
  }
}
