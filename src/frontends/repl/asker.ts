import { answerPrompt, questionLines, readAnswer } from "../../app/index.ts";
import type { ApprovalRequest, Decision } from "../../protocol/index.ts";
import { ON_SCREEN_MS } from "../../term/index.ts";
import { approvalLines } from "../../view/index.ts";
import type { LineInput } from "./lines.ts";
import type { ReplOptions } from "./options.ts";
import type { Screen } from "./screen.ts";

interface AskerParts {
  options: Pick<ReplOptions, "dialogs" | "source" | "style" | "signal" | "now">;
  screen: Screen;
  input: LineInput;
  /** A turn that is being stopped is not asked about any more. */
  stopped(): boolean;
}

/** A question that waits for a typed line. */
interface Asked {
  prompt: string;
  /** When it was shown, by `now`. */
  since: number;
  resolve(line: string | null): void;
}

/** Questions to the person, in dialogs of the terminal or as typed lines. */
export class Asker {
  readonly #parts: AskerParts;
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
    const { source, now } = this.#parts.options;
    // A pipe answers in advance; a person does not.
    if (!asked || (source !== "piped" && now() - asked.since < ON_SCREEN_MS)) return false;
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

  /** null: the turn is over without an answer. */
  async approve(request: ApprovalRequest): Promise<Decision | null> {
    const { options, screen } = this.#parts;
    if (!options.dialogs) return this.#typedAnswer(request);
    const { askInDialog } = await import("./dialog.ts");
    return this.#inDialog((rest) => {
      for (const line of approvalLines(request, options.style)) screen.ask(line);
      return askInDialog(request, { signal: options.signal, rest });
    });
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
      if (line === null) return stopped() ? null : { type: "denied", reason: "nobody was there to answer" };
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
        return { type: "denied", reason: "the input had no answer to this question" };
      }
    }
  }

  /** The next line that is typed; null when there is none, or the turn was interrupted. */
  async #question(prompt: string): Promise<string | null> {
    const answer = Promise.withResolvers<string | null>();
    this.#asked = { prompt, since: 0, resolve: answer.resolve };
    this.#show(this.#asked);
    const line = await answer.promise;
    this.#asked = null;
    return line;
  }

  #show(asked: Asked): void {
    asked.since = this.#parts.options.now();
    this.#parts.input.prompt(asked.prompt);
  }
}
