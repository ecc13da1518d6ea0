import type { RunResult, Started, StartOptions, TerminalSize } from "../process/index.ts";
import type {
  ContentPart,
  Denial,
  Effect,
  Escalation,
  Item,
  ItemStatus,
  JsonObject,
  SettingsChange,
  ToolSpec,
  UserInputAnswer,
  UserInputQuestion,
} from "../protocol/index.ts";

/** An item before the thread has given it its id. */
export type ItemBody = Item extends infer I ? (I extends Item ? Omit<I, "id"> : never) : never;

/** What the model wrote, understood or not. A `message` goes back to the model as the call's output. */
export type ParsedArguments<Args> =
  | { ok: true; args: Args }
  | { ok: false; message: string; item?: ItemBody }
  /** The call is really one of another tool, such as a patch in a heredoc; the result is shown in this tool's frame. */
  | { ok: "delegate"; tool: string; input: string; workdir: string | null; frame: (body: string) => string };

/** What was decided about: commands, programs and places under one confinement. */
export interface CallWorld {
  /** Runs a command to its end. What it prints is shown as it comes. */
  run(command: CommandRequest): Promise<CommandResult>;
  /**
   * Starts a program that outlives the call, such as a server or a terminal; it is stopped when the thread ends. Throws what
   * ends the turn when there is no sandbox.
   */
  start(program: ProgramRequest): Promise<Started>;
  /**
   * Starts a command that may outlive the call; its output is shown as it comes, under the item of the call, and it is stopped when the
   * thread ends. A message where none can: then it may still be run to its end.
   */
  startLive(command: LiveCommandRequest): Promise<{ ok: true; command: LiveCommand } | { ok: false; message: string }>;
  /** Directories that files may be changed in, and places in them that stay as they are. */
  writable: { roots: string[]; protected: string[] };
  /** Files and directories that nothing of this call may read. Absolute, without symlinks. */
  hidden: string[];
}

/** What a tool may use while it runs. Everything dangerous in it has been decided already. */
export interface ToolContext extends CallWorld {
  /** Absolute directory of the thread. */
  cwd: string;
  /** Shows the call's item as it is now. For an item that lasts longer than the call: until it is completed. */
  update(item: ItemBody): void;
  /** Completes an item that lasts longer than the call (`item_lasts: "thread"`). */
  complete(item: ItemBody): void;
  /**
   * Asks for something that only turns up while the call runs: by the same rules, with the same questions. What comes back does
   * it under what was granted, or says for the model why not.
   */
  ask(effect: Effect): Promise<({ ok: true } & CallWorld) | { ok: false; message: string }>;
  /** Keeps what is at these absolute paths, for undo: to be called before files are changed by other means than a command. */
  keep(paths: readonly string[]): Promise<void>;
  /** Puts questions to the person. Where nobody is there they are declined, with the reason. */
  input(questions: UserInputQuestion[]): Promise<UserInputAnswer>;
  /** Lets a thread of its own do a task, under the settings of this one or narrower ones, and within the same budget. */
  child(task: ChildTask): Promise<ChildAnswer>;
  /** Absolute path of a program of moat's own that commands find, such as `web_fetch`; null: it is not to be had here. */
  ownCommand(name: string): string | null;
  /** null: nobody has files open. */
  open_files: OpenFiles | null;
  /** Commands that earlier calls left running, by their numbers. */
  sessions: Map<number, CommandSession>;
  /** Agents that this thread starts; null: it is one itself, and may start none. */
  agents(): Promise<AgentPool | null>;
  /** The thread is in plan mode. */
  plan_mode: boolean;
  /** Directory for journals and other working files of moat itself. */
  state_dir: string;
  /** Monotonic milliseconds. */
  now(): number;
  signal: AbortSignal;
}

/** An agent that a thread has started, as tools know it. */
export interface AgentState {
  id: string;
  /** `running`: it works on what it was told last. */
  status: "running" | "completed" | "failed";
  /** What it said last, or why it failed; null while it runs. */
  text: string | null;
}

/** Agents that work beside the calls of a thread, each with a context of its own. All of them end with the thread. */
export interface AgentPool {
  /** Starts one, or says why not. `done` is called each time that it has done what it was told. */
  spawn(
    task: AgentTask,
    done: (state: AgentState) => void,
  ): Promise<{ ok: true; id: string } | { ok: false; message: string }>;
  /** Tells one more; `interrupt`: at once, in the place of what it does. False: there is none of that name. */
  send(id: string, text: string, interrupt: boolean): boolean;
  /** Waits until one of these is done, the time (ms) is over or the signal aborts; null: there is none of that name. */
  wait(ids: readonly string[], ms: number, signal: AbortSignal): Promise<(AgentState | null)[]>;
  /** Ends one; what it was doing is cut off. null: there is none of that name. */
  close(id: string): Promise<AgentState | null>;
}

/** What an agent is to do. `kind`: one of those that files define. `max_tokens`: its share of the thread's budget. */
export interface AgentTask extends ChildTask {
  kind: string | null;
  max_tokens: number | null;
}

/** What a child thread is to do. Settings that would give it more than its parent has are without effect. */
export type ChildTask = { prompt: string } & Pick<
  SettingsChange,
  "model" | "effort" | "sandbox_mode" | "approval_policy"
>;

/** The last words of a child thread, or why there are none. */
export type ChildAnswer = { ok: true; text: string } | { ok: false; message: string };

/** A command as a tool asks for it. */
export interface CommandRequest {
  argv: string[];
  /** Absolute. */
  cwd: string;
  /** Milliseconds until the command and all that it started are ended; null: no limit. */
  timeout_ms: number | null;
  /** `once`: of a login shell, whose profile need not be read again; what it left for an earlier command is laid under this one. */
  login?: "once";
}

/** A command that runs on beside the calls, as a tool asks for it. `timeout_ms` null: until it ends or the thread does. */
export interface LiveCommandRequest extends CommandRequest {
  /** A terminal of its own, of this size; null: no input, and a pipe for what it prints. */
  terminal: TerminalSize | null;
  /** Gets output as it comes. Must not throw. */
  on_output(text: string): void;
}

/** A command that runs on beside the calls. */
export interface LiveCommand {
  /** By which people and the model know it; counts up in the thread. */
  readonly id: number;
  /** What it came to. Rejects only where the sandbox could not be set up. */
  readonly ended: Promise<CommandResult>;
  /** Types. Free of effect without a terminal, and once it no longer reads. */
  write(text: string): Promise<void>;
  /** Gives its terminal another size, where it has one. */
  resize(size: TerminalSize): void;
  /** TERM to all of it, a short grace, KILL. */
  stop(): void;
}

/** A command that was understood, in the one form that both tools for commands run. */
export interface CommandCall {
  argv: string[];
  /** Absolute. */
  cwd: string;
  timeout_ms: number;
  max_output_tokens: number | null;
  escalation: Escalation | null;
  /** As `CommandRequest.login`. */
  login?: "once";
  /** It may run on after the call; absent: it runs to its end. `yield_ms`: how long the call waits for that. `timeout_ms` null: no limit. */
  live?: { tty: boolean; yield_ms: number; timeout_ms: number | null };
}

/** A command that runs on between calls, as the model talks to it. */
export interface CommandSession {
  readonly call: CommandCall;
  readonly live: LiveCommand;
  /** What it came to; null while it runs. */
  readonly result: CommandResult | null;
  /** What it printed since this was asked last. */
  takeUnread(): string;
  /** Waits until it has ended, the time (ms) is over, or the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A program as a tool asks for it; `argv` and `cwd` (absolute) as for a command. */
export type ProgramRequest = Pick<CommandRequest, "argv" | "cwd" | "login"> & Pick<StartOptions, "io" | "on_output">;

/** Files that a person has open beside the thread, with changes that are not on the disk yet. */
export interface OpenFiles {
  /** Writes down what is not saved of these files; absolute paths. Says whether there was something, or why it could not be written. */
  save(
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<{ ok: true; saved: boolean } | { ok: false; message: string }>;
}

/** What a command came to, and what the sandbox refused it, as far as that is certain. */
export type CommandResult = RunResult & {
  denial: Denial | null;
  /** Its limit on memory: bytes, and whether it was met. Absent: it had none. */
  memory?: { limit: number; struck: { certain: boolean; text: string } | null };
  /** The words that were started; null: none were. */
  argv: readonly string[] | null;
  /** As in `CommandProcess`. */
  home_wrote?: string[];
};

/** What a call came to. The output is capped by dispatch, so that no tool can forget it. */
export interface ToolOutcome {
  /** `in_progress`: what the call started runs on, and so does an item that lasts with the thread. */
  status: ItemStatus;
  /** Output for the model, uncapped. */
  body: string;
  /** Line ends in the whole output, also of what the body no longer holds. */
  total_lines: number;
  /** Bytes of the whole output. */
  total_bytes: number;
  /** Pictures that the model gets with the output. */
  images?: ContentPart[];
  /** The call's own wish for a smaller cap, in tokens. */
  max_output_tokens: number | null;
  /** Puts the capped body into the layout that models know for this tool. */
  render(body: string): string;
  /** The item as it ends; null when the call shows nothing. */
  item: ItemBody | null;
  /** What the sandbox refused: with more, the call may be run once more. */
  denial: Denial | null;
  /** The turn is over once the calls beside this one have their outputs: what comes next is for a person to say. */
  ends_turn?: true;
}

/** What a tool may know of the model that it is offered to. */
export interface ModelFacts {
  /** It can see. */
  images: boolean;
}

/** A program that offers tools and lives beside the calls. `on_output` as for any program. */
export interface ServerProgram extends Pick<StartOptions, "on_output"> {
  argv: string[];
  /** Absolute. */
  cwd: string;
  /** All that it finds in its environment, beside PATH, HOME, LANG, TERM and TMPDIR. */
  env: Record<string, string>;
  /** It may reach the network; its sandbox opens that as a whole. */
  network: boolean;
  /** false: it runs outside the sandbox, where the administrator allows that; who asks for it has found `argv` where no command can write. */
  confined: boolean;
}

/** What a set of tools may use of its thread, beside its calls. */
export interface ToolHost {
  /** Starts a program that lives until the thread ends or plan mode begins, in the thread's own sandbox or less. */
  start(program: ServerProgram): Promise<Started>;
  /** Names what programs are confined by now: one that was started under another name of it has to be started anew. */
  confinement(): string;
}

/** A server of tools as people see it. */
export interface ServerStatus {
  name: string;
  /** The program with its arguments, or the address. */
  place: string;
  /** `idle`: it is started when it is needed. */
  state: "idle" | "starting" | "ready" | "failed";
  /** Why it failed, or what is odd about it; null: nothing. */
  problem: string | null;
  /** Revision of its protocol; null: it was not reached yet. */
  version: string | null;
  tools: { name: string; description: string; read_only: boolean }[];
  prompts: { name: string; description: string; arguments: { name: string; required: boolean }[] }[];
}

/** What a prompt of a server comes to: text to say, or why there is none. */
export type ServerPromptRead = { ok: true; text: string } | { ok: false; message: string };

/** Servers that offer tools, for people who look at them and use their prompts. */
export interface ToolServers {
  status(): Promise<ServerStatus[]>;
  /** Starts every server that is not running, and comes back when each has answered or failed. */
  connect(signal: AbortSignal): Promise<void>;
  /** @param words values of the prompt's arguments, in their order, or as `name=value` */
  prompt(server: string, name: string, words: string[], signal: AbortSignal): Promise<ServerPromptRead>;
}

/** The tools of one thread. */
export interface ToolSet {
  /** Called once, by the thread whose tools they are. */
  attach?(host: ToolHost): void;
  /** Why no turn can begin; null: it can. */
  problem?(signal: AbortSignal): Promise<string | null>;
  /** Called when the thread ends. */
  close?(): void;
  /** Where the tools come from, beside moat itself; absent: from nowhere. */
  servers?: ToolServers;
  /**
   * What a model is offered, always in the same order: the prefix of every request has to stay the same.
   * @param planning in plan mode: tools of other machines that change something are left out
   */
  specs(model: ModelFacts, planning?: boolean): Promise<ToolSpec[]>;
  /**
   * The tool of a call; null: nothing is called that.
   * @param namespace the server that the tool belongs to, as the call names it; null: one of moat's own
   */
  load(name: string, namespace: string | null): Promise<Tool | null>;
}

/** A tool. It knows nothing of models, threads and front ends. */
export interface Tool<Args = unknown> {
  /** How a model is offered it; null: not at all. It is understood all the same when it is called. */
  spec(model: ModelFacts): ToolSpec | null;
  /** May run beside its neighbours of the same response. */
  readonly parallel: boolean;
  /**
   * How long its item lives. `turn`: later calls of the turn update it. `thread`: an outcome that is `in_progress` leaves it open,
   * until the tool completes it or the thread ends.
   */
  readonly item_lasts: "call" | "turn" | "thread";
  parse(raw: string, cwd: string): Promise<ParsedArguments<Args>>;
  /** What the user is asked about; null: touches nothing outside the thread. Pure. */
  effect(args: Args, cwd: string): Effect | null;
  /** The item before there is an outcome: as it starts, when the call was declined, when it could not be run. null: none is shown. */
  item(args: Args, cwd: string, status: "in_progress" | "declined" | "failed"): ItemBody | null;
  /** The call as hooks are told of it, under the name that the peers' hooks know. */
  hook(args: Args, cwd: string): { tool_name: string; tool_input: JsonObject };
  /** The call's text with the arguments that a hook put in their place. */
  withHookInput(raw: string, input: JsonObject): string;
  run(args: Args, context: ToolContext): Promise<ToolOutcome>;
}
