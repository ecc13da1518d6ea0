import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type * as z from "zod";
import type { Failure } from "../../protocol/index.ts";
import type { McpOpened, McpServerOptions } from "./options.ts";
import { answerTo, formOf, unasked } from "./questions.ts";
import { type Question, ServedThread } from "./served-thread.ts";
import { moatInput, replyInput, toolOutput } from "./tools.ts";

/** How often one call may ask: a person is there each time, and no loop is without one. */
const MAX_QUESTIONS = 10_000;
/** How long a question waits where the SDK waits for it, in ms: a day, as nobody else gives up on a person here. */
const QUESTION_MS = 24 * 60 * 60 * 1000;
/** Name of the one request that a question is. */
const ANSWER = "answer";

type ToolResult = CallToolResult | InputRequiredResult;

/** A question that was put to the caller. */
interface Asked {
  thread: ServedThread;
  question: Question;
}

/** The threads of one connection, and the tools that work in them. */
export class MoatServer {
  readonly #options: McpServerOptions;
  readonly #threads = new Map<string, ServedThread>();
  /** By a word that nobody can guess, which the caller gives back with the answer; each counts once. */
  readonly #asked = new Map<string, Asked>();
  #closing = false;

  constructor(options: McpServerOptions) {
    this.#options = options;
  }

  /** A server of either era of the protocol, over the same threads. */
  create(): McpServer {
    const info = { name: "moat", title: "moat", version: this.#options.version };
    const server = new McpServer(info, {
      capabilities: { tools: {} },
      inputRequired: { maxRounds: MAX_QUESTIONS, roundTimeoutMs: QUESTION_MS },
    });
    const asks = (context: ServerContext) => canAsk(server, context);
    server.registerTool(
      "moat",
      {
        title: "moat",
        description: "Gives a task to the coding agent moat, which works in a sandbox, and returns its final message.",
        inputSchema: moatInput,
        outputSchema: toolOutput,
      },
      (input, context) => this.#call(() => this.#begin(input), context, asks(context)),
    );
    server.registerTool(
      "moat-reply",
      {
        title: "moat-reply",
        description: "Goes on with a thread of the tool moat.",
        inputSchema: replyInput,
        outputSchema: toolOutput,
      },
      (input, context) => this.#call(() => this.#reply(input), context, asks(context)),
    );
    return server;
  }

  /** Ends every thread with all that it runs. */
  async closeAll(): Promise<void> {
    this.#closing = true;
    const open = [...this.#threads.values()];
    this.#threads.clear();
    await Promise.all(open.map((thread) => thread.close()));
  }

  /** A call that begins, or one that comes back with the answer to a question. */
  async #call(begin: () => Promise<ServedThread | string>, context: ServerContext, asks: boolean): Promise<ToolResult> {
    const state = context.mcpReq.requestState<string>();
    if (state === undefined) {
      const thread = await begin();
      return typeof thread === "string" ? refusal(thread) : this.#step(thread, context, asks);
    }
    const asked = this.#asked.get(state);
    if (!asked) return refusal("this question is not waiting for an answer any more");
    this.#asked.delete(state);
    asked.thread.submit(answerTo(asked.question, formAnswer(context)));
    return this.#step(asked.thread, context, asks);
  }

  async #begin(input: z.infer<typeof moatInput>): Promise<ServedThread | string> {
    const { prompt, cwd = null, model = null, sandbox = null, "approval-policy": approval_policy = null } = input;
    return this.#say(await this.#options.open({ cwd, model, sandbox, approval_policy }), prompt);
  }

  async #reply({ threadId, prompt }: z.infer<typeof replyInput>): Promise<ServedThread | string> {
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

  /** Waits until the turn is over or asks something; whoever cannot be asked says no. */
  async #step(thread: ServedThread, { mcpReq }: ServerContext, asks: boolean): Promise<ToolResult> {
    const stop = () => thread.interrupt();
    mcpReq.signal.addEventListener("abort", stop, { once: true });
    if (mcpReq.signal.aborted) stop();
    thread.onProgress = progressTo(mcpReq);
    for (let step = await thread.next(); ; step = await thread.next()) {
      if (step.type === "question" && !asks) {
        thread.submit(unasked(step.question));
        continue;
      }
      mcpReq.signal.removeEventListener("abort", stop);
      thread.onProgress = () => {};
      if (step.type === "done") return result(thread.id, step.text, step.failure);
      const requestState = Bun.randomUUIDv7();
      this.#asked.set(requestState, { thread, question: step.question });
      const form = inputRequired.elicit({ mode: "form", ...formOf(step.question) });
      return inputRequired({ inputRequests: { [ANSWER]: form }, requestState });
    }
  }
}

/** Whether the caller shows forms: it says so once, or with each request. */
function canAsk(server: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope: Record<string, unknown> = { ...mcpReq.envelope };
  const said = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  const { elicitation } = said ?? server.server.getClientCapabilities() ?? {};
  // A caller of before there were two kinds names none, and shows forms.
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

function formAnswer({ mcpReq }: ServerContext): { action: string; content?: unknown } {
  const answer = mcpReq.inputResponses?.[ANSWER];
  if (typeof answer !== "object" || answer === null || !("action" in answer)) return { action: "cancel" };
  return { action: String(answer.action), ...("content" in answer ? { content: answer.content } : {}) };
}

/** Tells a caller who asked for it what happens meanwhile. */
function progressTo(mcpReq: ServerContext["mcpReq"]): (message: string) => void {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let progress = 0;
  return (message) => {
    const params = { progressToken, progress: ++progress, message };
    // A caller that has gone is noticed where its connection ends.
    void mcpReq.notify({ method: "notifications/progress", params }).catch(() => {});
  };
}

const refusal = (message: string): CallToolResult => ({ isError: true, content: [{ type: "text", text: message }] });

function result(threadId: string, text: string, failure: Failure | null): CallToolResult {
  const content = failure === null ? text : `${text === "" ? "" : `${text}\n\n`}moat failed: ${failure.message}`;
  return {
    ...(failure === null ? {} : { isError: true }),
    content: [{ type: "text", text: content }],
    structuredContent: { threadId, content },
  };
}
