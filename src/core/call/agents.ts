import type { AgentPool, AgentState, AgentTask, ChildAnswer } from "../../tools/index.ts";
import type { ChildThread } from "../settings.ts";
import { begun, childSettings, childTurn, followChild, type ParentThread } from "./child.ts";

/** Agents that work at once: more would wait for each other's requests, and nobody could follow them. */
const MOST_RUNNING = 8;

/** An agent, and who waits for it. */
interface Agent {
  child: ChildThread;
  state: AgentState;
  /** Resolves when it has ended. */
  over: Promise<void>;
  done: (state: AgentState) => void;
}

/** The agents of one thread. They end when `end` is called, which the end of the thread does. */
export class Agents implements AgentPool {
  readonly #thread: ParentThread;
  readonly #agents = new Map<string, Agent>();
  readonly #ending = new AbortController();
  /** Called whenever one is done. */
  #wake: (() => void)[] = [];
  #count = 0;

  constructor(thread: ParentThread) {
    this.#thread = thread;
  }

  async spawn(
    task: AgentTask,
    done: (state: AgentState) => void,
  ): Promise<{ ok: true; id: string } | { ok: false; message: string }> {
    const running = [...this.#agents.values()].filter(({ state }) => state.status === "running").length;
    if (running >= MOST_RUNNING)
      return { ok: false, message: `${running} agents work already: wait for one of them, or close one` };
    const made = this.#taskOf(task);
    if (!made.ok) return made;
    const thread = this.#thread;
    const { hooks: own } = thread.services;
    const hooks = own === null ? null : (await import("./child-hooks.ts")).hooksOfChild(own);
    const budget = task.max_tokens === null ? thread.budget : thread.budget.share(task.max_tokens);
    const settings = { ...childSettings(thread, made.task), developer_instructions: made.instructions };
    const child = thread.services.openChild({ settings, budget, hooks, checkpoints: thread.files.shared });
    const id = `agent_${++this.#count}`;
    const agent: Agent = { child, done, state: { id, status: "running", text: null }, over: Promise.resolve() };
    this.#agents.set(id, agent);
    thread.children.add(child);
    agent.over = followChild(thread, child, this.#ending.signal, (answer) => this.#settled(agent, answer)).finally(
      () => void thread.children.delete(child),
    );
    const added = await begun(thread, child, this.#ending.signal);
    child.submit(childTurn([task.prompt, ...added]));
    return { ok: true, id };
  }

  send(id: string, text: string, interrupt: boolean): boolean {
    const agent = this.#agents.get(id);
    if (!agent) return false;
    agent.state = { id, status: "running", text: null };
    agent.child.submit(interrupt ? childTurn([text]) : { type: "steer", input: [{ type: "text", text }] });
    return true;
  }

  async wait(ids: readonly string[], ms: number, signal: AbortSignal): Promise<(AgentState | null)[]> {
    const states = () => ids.map((id) => this.#agents.get(id)?.state ?? null);
    const anyDone = () => states().some((state) => state !== null && state.status !== "running");
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(), { once: true });
    let late = signal.aborted;
    void over.then(() => {
      late = true;
    });
    while (!late && !anyDone() && states().some((state) => state !== null)) {
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
      this.#wake.push(wake);
      await Promise.race([woken, over]);
    }
    clearTimeout(timer);
    return states();
  }

  async close(id: string): Promise<AgentState | null> {
    const agent = this.#agents.get(id);
    if (!agent) return null;
    this.#agents.delete(id);
    agent.child.submit({ type: "shutdown" });
    await agent.over;
    return agent.state;
  }

  /** Ends all of them, and waits until they are gone. */
  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all([...this.#agents.keys()].map((id) => this.close(id)));
  }

  #settled(agent: Agent, answer: ChildAnswer): void {
    const { id } = agent.state;
    agent.state = answer.ok
      ? { id, status: "completed", text: answer.text }
      : { id, status: "failed", text: answer.message };
    agent.done(agent.state);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** What a kind of agent adds: what it is told, its model, and that it only reads. */
  #taskOf(
    task: AgentTask,
  ): { ok: true; task: AgentTask; instructions: string | null } | { ok: false; message: string } {
    const { agents, developer_instructions: instructions } = this.#thread.settings;
    if (task.kind === null) return { ok: true, task, instructions };
    const kind = agents.find(({ name }) => name === task.kind);
    if (!kind) {
      const known = agents.map(({ name }) => name).join(", ") || "none is defined";
      return { ok: false, message: `there is no kind of agent ${task.kind}; there are: ${known}` };
    }
    const told = [instructions, kind.instructions].filter((text) => text !== null && text !== "").join("\n\n");
    const model = task.model ?? kind.model;
    return {
      ok: true,
      instructions: told,
      task: {
        ...task,
        ...(model === null ? {} : { model }),
        ...(kind.read_only ? { sandbox_mode: "read-only" as const } : {}),
      },
    };
  }
}
