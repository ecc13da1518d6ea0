import type * as z from "zod/mini";
import type { Failure } from "../../protocol/index.ts";
import { FAULTS, type Fields, type IncomingCall, isFields, JsonRpc, RpcFault } from "./json-rpc.ts";
import type { McpOpened, McpServerOptions } from "./options.ts";
import { answerTo, formOf, unasked } from "./questions.ts";
import { type Caller, DISCOVERED, greetedRevision, greeter, stated, statedCaller, UNCACHED } from "./revision.ts";
import { type Question, ServedThread } from "./served-thread.ts";
import { moatInput, replyInput, toolArguments, toolList } from "./tools.ts";

/** Name of the one request that a question is. */
const ANSWER = "answer";

/** A question that was put to a stateless caller. */
interface Asked {
  thread: ServedThread;
  question: Question;
}

/** One call of a tool: what was sent, and who sent it. */
type ToolCall = IncomingCall & { caller: Caller };

/** The threads of one connection, and the tools that work in them. */
export class MoatServer {
  readonly rpc: JsonRpc;
  readonly #options: McpServerOptions;
  readonly #threads = new Map<string, ServedThread>();
  /** By a word that nobody can guess, which the caller gives back with the answer; each counts once. */
  readonly #asked = new Map<string, Asked>();
  /** Who said hello; null: nobody did. */
  #greeter: Caller | null = null;
  #closing = false;

  constructor(options: McpServerOptions) {
    this.#options = options;
    this.rpc = new JsonRpc(options.send, (call) => this.#answer(call));
  }

  /** Ends every thread with all that it runs. */
  async closeAll(): Promise<void> {
    this.#closing = true;
    const open = [...this.#threads.values()];
    this.#threads.clear();
    await Promise.all(open.map((thread) => thread.close()));
  }

  get #info(): Fields {
    return { name: "moat", title: "moat", version: this.#options.version };
  }

  async #answer(call: IncomingCall): Promise<Fields> {
    const said = statedCaller(call);
    if (call.method === "initialize" && said === null) return this.#greet(call);
    if (call.method === "ping") return said ? stated({}, this.#info) : {};
    const caller = said ?? this.#greeter;
    if (caller === null) throw new RpcFault(FAULTS.invalid_request, "the connection begins with initialize");
    const result = await this.#serve({ ...call, caller });
    return caller.stateless ? stated(result, this.#info) : result;
  }

  #greet(call: IncomingCall): Fields {
    if (typeof call.params.protocolVersion !== "string")
      throw new RpcFault(FAULTS.invalid_params, "protocolVersion is missing");
    this.#greeter = greeter(call);
    const protocolVersion = greetedRevision(call.params.protocolVersion);
    return { protocolVersion, capabilities: { tools: {} }, serverInfo: this.#info };
  }

  async #serve(call: ToolCall): Promise<Fields> {
    const { method, params, caller } = call;
    if (method === "server/discover" && caller.stateless) return { ...DISCOVERED, ...UNCACHED };
    if (method === "tools/list") return { tools: toolList(), ...(caller.stateless ? UNCACHED : {}) };
    if (method !== "tools/call") throw new RpcFault(FAULTS.unknown_method, `there is no method ${method}`);
    const { name, arguments: given, requestState } = params;
    if (name !== "moat" && name !== "moat-reply") throw new RpcFault(FAULTS.invalid_params, `there is no tool ${name}`);
    if (requestState !== undefined) return this.#goOn(requestState, call);
    const thread = name === "moat" ? await this.#begin(given) : await this.#reply(given);
    return typeof thread === "string" ? refusal(thread) : this.#step(thread, call);
  }

  async #begin(given: unknown): Promise<ServedThread | string> {
    const read = toolArguments(moatInput, given);
    if (!read.ok) return read.message;
    const { prompt, cwd = null, model = null, sandbox = null, "approval-policy": approval_policy = null } = read.input;
    return this.#say(await this.#options.open({ cwd, model, sandbox, approval_policy }), prompt);
  }

  async #reply(given: unknown): Promise<ServedThread | string> {
    const read = toolArguments(replyInput, given);
    if (!read.ok) return read.message;
    const { threadId, prompt }: z.infer<typeof replyInput> = read.input;
    const open = this.#threads.get(threadId);
    if (!open) return this.#say(await this.#options.resume(threadId), prompt);
    if (open.running) return `thread ${threadId} is working; wait for its answer`;
    open.say(prompt);
    return open;
  }

  async #say(opened: McpOpened, prompt: string): Promise<ServedThread | string> {
    if (!opened.ok) return opened.message;
    const thread = new ServedThread(opened.thread);
    if (this.#closing) {
      await thread.close();
      return "the connection is closing";
    }
    this.#threads.set(thread.id, thread);
    thread.say(prompt);
    return thread;
  }

  /** A call that comes back with the answer to its question. */
  async #goOn(state: unknown, call: ToolCall): Promise<Fields> {
    const asked = typeof state === "string" ? this.#asked.get(state) : undefined;
    if (typeof state !== "string" || !asked) return refusal("this question is not waiting for an answer any more");
    this.#asked.delete(state);
    const { inputResponses } = call.params;
    asked.thread.submit(answerTo(asked.question, formAnswer(isFields(inputResponses) ? inputResponses[ANSWER] : null)));
    return this.#step(asked.thread, call);
  }

  /** Waits until the turn is over, or until its caller has to come back with an answer. */
  async #step(thread: ServedThread, call: ToolCall): Promise<Fields> {
    const { signal, caller } = call;
    const stop = () => thread.interrupt();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    thread.onProgress = this.#progress(call);
    try {
      for (let step = await thread.next(); ; step = await thread.next()) {
        if (step.type === "done") return result(thread.id, step.text, step.failure);
        const { question } = step;
        if (!caller.forms) thread.submit(unasked(question));
        else if (caller.stateless) return this.#question({ thread, question });
        else void this.#ask(thread, question, signal);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      thread.onProgress = () => {};
    }
  }

  #question(asked: Asked): Fields {
    const requestState = Bun.randomUUIDv7();
    this.#asked.set(requestState, asked);
    const request = { method: "elicitation/create", params: { mode: "form", ...formOf(asked.question) } };
    return { resultType: "input_required", inputRequests: { [ANSWER]: request }, requestState };
  }

  async #ask(thread: ServedThread, question: Question, signal: AbortSignal): Promise<void> {
    const answer = await this.rpc.request("elicitation/create", { ...formOf(question) }, signal);
    thread.submit(answerTo(question, formAnswer(answer)));
  }

  /** Tells a caller who asked for it what happens meanwhile. */
  #progress({ params }: ToolCall): (message: string) => void {
    const progressToken = isFields(params._meta) ? params._meta.progressToken : undefined;
    if (progressToken === undefined) return () => {};
    let progress = 0;
    return (message) => this.rpc.notify("notifications/progress", { progressToken, progress: ++progress, message });
  }
}

/** What came back for a form; whatever is none was dismissed. */
function formAnswer(answer: unknown): { action: string; content?: unknown } {
  if (!isFields(answer) || typeof answer.action !== "string") return { action: "cancel" };
  return { action: answer.action, content: answer.content };
}

const refusal = (message: string): Fields => ({ isError: true, content: [{ type: "text", text: message }] });

function result(threadId: string, text: string, failure: Failure | null): Fields {
  const content = failure === null ? text : `${text === "" ? "" : `${text}\n\n`}moat failed: ${failure.message}`;
  return {
    ...(failure === null ? {} : { isError: true }),
    content: [{ type: "text", text: content }],
    structuredContent: { threadId, content },
  };
}
