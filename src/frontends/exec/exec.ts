import type { Thread } from "../../core/index.ts";
import {
  type ApprovalRequest,
  type Decision,
  type Event,
  type Evidence,
  type Failure,
  type InputPart,
  isOfChild,
} from "../../protocol/index.ts";
import { PassingLine, type Printable, SafeText, type Style, safe } from "../../term/index.ts";
import { LinePrinter, type Markdown, workingText } from "../../view/index.ts";
import { EvidenceCollector, evidenceLines } from "./evidence.ts";
import { type Gates, runExit } from "./exit-code.ts";
import { childLines, jsonLines } from "./json.ts";

/** For people. */
interface HumanForm {
  type: "human";
  style: Style;
  /** Draws what the model says, where there is a terminal; null: it is written as it is. */
  markdown: { progress: Markdown | null; answer: Markdown | null };
  /** Where a line can come and go that says what goes on; null: stderr is no terminal. */
  passing: { control(sequence: string): void; columns(): number; now(): number } | null;
}

/** One headless run. */
export interface ExecRun {
  thread: Thread;
  input: InputPart[];
  form: { type: "json"; deltas: boolean } | HumanForm;
  gates: Gates;
  /** Answers questions; null: every one is answered with no. Must not reject. */
  approve: ((request: ApprovalRequest, signal: AbortSignal) => Promise<Decision>) | null;
  /** Gets the lines of the JSON form. */
  json(line: object): void;
  /** Gets the final message of the human form. */
  data(text: string): void;
  stdout(text: Printable): void;
  stderr(text: Printable): void;
  /** Gets the final message, exactly; says why it could not be kept. */
  saveLastMessage(text: string): Promise<{ message: string; exit: number } | null>;
  /** Aborts with the name of a signal as its reason. */
  signal: AbortSignal;
  /** Once a signal has ended the process, no more lines are written: its parent knows. */
  mute_when_ended: boolean;
}

/** Runs one turn to its end and prints it. Resolves to the exit code. */
export async function runExec(options: ExecRun): Promise<number> {
  const { thread, signal } = options;
  const interrupt = () => thread.submit({ type: "interrupt" });
  signal.addEventListener("abort", interrupt, { once: true });
  thread.submit({ type: "user_turn", input: options.input });
  if (signal.aborted) interrupt();
  const run = new Run(options);
  if (options.form.type === "human" || !options.form.deltas) thread.events.skipOutput();
  for await (const event of thread.events) run.take(event);
  signal.removeEventListener("abort", interrupt);
  return run.finish();
}

const NOBODY = "nobody can be asked in a headless run";

/** What is remembered while the turn runs. */
class Run {
  readonly #options: ExecRun;
  readonly #print: (event: Event, evidence: Evidence | null) => void;
  readonly #collector: EvidenceCollector;
  /** The most frequent event by far; nothing but printing is done with it. */
  readonly #shows_deltas: boolean;
  #evidence: Evidence | null = null;
  #failure: Failure | null = null;
  #last = "";

  constructor(options: ExecRun) {
    this.#options = options;
    this.#print = printer(options);
    this.#shows_deltas = options.form.type === "human" || options.form.deltas;
    this.#collector = new EvidenceCollector(options.gates.require_evidence);
  }

  take(event: Event): void {
    if (event.type === "item.delta" && !this.#shows_deltas) return;
    this.#collector.add(event);
    if (event.type === "approval.requested") this.#answer(event);
    if (event.type === "user_input.requested") this.#decline(event);
    const own = !isOfChild(event, this.#options.thread.thread_id);
    const ends = own && (event.type === "turn.failed" || event.type === "turn.completed");
    if (ends) this.#evidence = this.#collector.evidence();
    this.#print(event, this.#evidence);
    if (!own) return;
    if (event.type === "item.completed" && (event.item.type === "agent_message" || event.item.type === "plan"))
      this.#last = event.item.text;
    if (event.type === "turn.failed") this.#failure = event.error;
    if (ends) this.#options.thread.submit({ type: "shutdown" });
  }

  async #answer({ request, thread_id }: Extract<Event, { type: "approval.requested" }>): Promise<void> {
    const { approve, thread, signal } = this.#options;
    const no: Decision = { type: "denied", reason: NOBODY, by: "policy" };
    const decision = approve === null ? no : await approve(request, signal);
    const asker = thread_id === undefined ? {} : { thread_id };
    thread.submit({ type: "approval", call_id: request.call_id, decision, ...asker });
  }

  #decline({ request, thread_id }: Extract<Event, { type: "user_input.requested" }>): void {
    const asker = thread_id === undefined ? {} : { thread_id };
    const answer = { type: "declined", reason: NOBODY } as const;
    this.#options.thread.submit({ type: "user_input", call_id: request.call_id, answer, ...asker });
  }

  async finish(): Promise<number> {
    const { form, gates, stderr, saveLastMessage, signal } = this.#options;
    const evidence = this.#evidence ?? this.#collector.evidence();
    if (form.type === "human") {
      for (const line of evidenceLines(evidence)) stderr(safe`${form.style.dim(line)}\n`);
      if (this.#failure === null && this.#last !== "") this.#tell(form);
    }
    const unsaved = await saveLastMessage(this.#last);
    const interrupted = signal.aborted ? String(signal.reason) : null;
    const { exit, message } = runExit({ failure: this.#failure, signal: interrupted, evidence }, gates);
    for (const told of [message, unsaved?.message ?? null]) if (told !== null) stderr(`moat: ${told}\n`);
    return exit === 0 && unsaved !== null ? unsaved.exit : exit;
  }

  /** The final message: to a terminal as Markdown, to a program as it is. */
  #tell({ markdown }: HumanForm): void {
    const { data, stdout } = this.#options;
    const text = this.#last.endsWith("\n") ? this.#last : `${this.#last}\n`;
    if (markdown.answer === null) data(text);
    else stdout(SafeText.join([...markdown.answer.lines(text), ""], "\n"));
  }
}

/** Everything that happens, for people: what is done stays, and below it a line says what goes on. */
class Progress {
  readonly #lines: LinePrinter;
  readonly #stderr: (text: Printable) => void;
  readonly #passing: PassingLine | null;
  readonly #now: () => number;
  /** When the turn began. */
  #since = 0;

  constructor({ style, markdown, passing }: HumanForm, stderr: (text: Printable) => void) {
    this.#lines = new LinePrinter({ style, stream: false, markdown: markdown.progress });
    this.#stderr = stderr;
    const elapsed = () => this.#now() - this.#since;
    this.#passing =
      passing &&
      new PassingLine({ ...passing, text: () => workingText(this.#lines.transcript, this.#lines.growing, elapsed()) });
    this.#now = () => passing?.now() ?? 0;
  }

  take(event: Event): void {
    if (event.type === "turn.started") {
      this.#since = this.#now();
      this.#passing?.start();
    }
    const text = this.#lines.print(event);
    if (String(text) !== "") this.#passing?.erase();
    this.#stderr(text);
    if (this.#lines.transcript.status.type === "idle") this.#passing?.stop();
  }
}

function printer({
  form,
  thread,
  json,
  stderr,
  signal,
  mute_when_ended,
}: ExecRun): (event: Event, evidence: Evidence | null) => void {
  if (form.type === "json") {
    return (event, evidence) => {
      if (mute_when_ended && signal.aborted) return;
      const child = isOfChild(event, thread.thread_id);
      for (const line of child ? childLines(event, form) : jsonLines(event, { ...form, evidence })) json(line);
    };
  }
  const progress = new Progress(form, stderr);
  return (event) => progress.take(event);
}
