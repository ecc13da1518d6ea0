import type { JsonObject, ToolSpec } from "../protocol/index.ts";
import description from "./agents.md" with { type: "text" };
import { type ArgumentsOf, argumentObject, argumentReader } from "./arguments.ts";
import type { AgentPool, AgentState, ItemBody, Tool, ToolContext, ToolOutcome } from "./contract.ts";
import { textOutcome } from "./outcome.ts";
import { numberParameter, parameters, textParameter } from "./spec.ts";

// Names and parameters are those of the Codex CLI, because models are trained on them, and two of our own; the texts are ours.

const MODES = ["read-only", "workspace-write"] as const;

const spawnSpec: ToolSpec = {
  type: "function",
  name: "spawn_agent",
  description: description.trim(),
  parameters: parameters(
    {
      message: textParameter("The task, with all that the agent has to know."),
      agent_type: textParameter("One of the kinds of agents that you were told of; left out: none of them."),
      model: textParameter("Another model of the same provider; yours by default."),
      sandbox_mode: {
        type: "string",
        enum: [...MODES],
        description: "Less than your own rights; the same by default.",
      },
      max_tokens: numberParameter("Most tokens that it may use."),
    },
    ["message"],
  ),
};

const readSpawn = argumentReader(
  (z) =>
    z.object({
      message: z.string(),
      agent_type: z.optional(z.nullable(z.string())),
      model: z.optional(z.nullable(z.string())),
      sandbox_mode: z.optional(z.nullable(z.enum(MODES))),
      max_tokens: z.optional(z.nullable(z.number())),
    }),
  { aliases: { message: ["prompt", "task", "input"], agent_type: ["subagent_type", "type", "kind"] } },
);

type SpawnCall = ArgumentsOf<typeof readSpawn>;

/** How an agent is shown: as a call that goes on until it has done its task. Programs that read items know this form. */
function spawnItem(
  args: SpawnCall,
  status: "in_progress" | "completed" | "failed" | "declined",
  text: string | null,
): ItemBody {
  const failed = status === "failed" || status === "declined";
  return {
    type: "mcp_tool_call",
    server: "moat",
    tool: "spawn_agent",
    arguments: args as unknown as JsonObject,
    result: text === null || failed ? null : { content: [{ type: "text", text }], structured_content: null },
    error: text !== null && failed ? { message: text } : null,
    status,
  };
}

const NO_AGENTS = "an agent cannot start agents of its own: do the task yourself";

const answer = (text: string, more: Partial<ToolOutcome> = {}): ToolOutcome =>
  textOutcome(text, { status: "completed", item: null, ...more });

async function spawn(args: SpawnCall, { agents: open, complete }: ToolContext): Promise<ToolOutcome> {
  const { message: prompt, agent_type: kind = null, model, sandbox_mode, max_tokens = null } = args;
  const refused = (why: string) => answer(why, { status: "failed", item: spawnItem(args, "failed", why) });
  const agents = await open();
  if (agents === null) return refused(NO_AGENTS);
  const task = {
    prompt,
    kind: kind || null,
    max_tokens,
    ...(model ? { model } : {}),
    ...(sandbox_mode ? { sandbox_mode } : {}),
  };
  const started = await agents.spawn(task, ({ status, text }) =>
    complete(spawnItem(args, status === "failed" ? "failed" : "completed", text)),
  );
  if (!started.ok) return refused(started.message);
  return answer(JSON.stringify({ agent_id: started.id }), {
    status: "in_progress",
    item: spawnItem(args, "in_progress", null),
  });
}

/** Starts an agent. */
export const spawnAgent: Tool<SpawnCall> = {
  parallel: true,
  item_lasts: "thread",
  spec: () => spawnSpec,
  parse: (raw) => readSpawn(raw),
  // What it does is asked about when it does it.
  effect: () => null,
  item: (args, _cwd, status) => spawnItem(args, status, null),
  hook: (args) => ({ tool_name: "spawn_agent", tool_input: { ...args } as unknown as JsonObject }),
  withHookInput: (raw, input) => JSON.stringify({ ...argumentObject(raw), ...input }),
  run: spawn,
};

const idParameter = textParameter("Id of the agent, as spawn_agent gave it.");

/** A tool that talks to agents that run. */
function agentTool<Args>(
  spec: ToolSpec & { type: "function" },
  read: (raw: string) => Promise<{ ok: true; args: Args } | { ok: false; message: string }>,
  run: (args: Args, agents: AgentPool, signal: AbortSignal) => Promise<string>,
): Tool<Args> {
  return {
    parallel: true,
    item_lasts: "call",
    spec: () => spec,
    parse: read,
    effect: () => null,
    item: () => null,
    hook: (args) => ({ tool_name: spec.name, tool_input: { ...args } as unknown as JsonObject }),
    withHookInput: (raw, input) => JSON.stringify({ ...argumentObject(raw), ...input }),
    async run(args, { agents: open, signal }) {
      const agents = await open();
      return answer(agents === null ? NO_AGENTS : await run(args, agents, signal));
    },
  };
}

const unknown = (id: string) => `there is no agent ${id}`;

/** Tells an agent more. */
export const sendInput = agentTool(
  {
    type: "function",
    name: "send_input",
    description:
      "Tells an agent more: it reads it between two steps, or begins with it when it was done. `interrupt`: it stops what it does for it.",
    parameters: parameters(
      {
        id: idParameter,
        message: textParameter("What to tell it."),
        interrupt: { type: "boolean", description: "At once." },
      },
      ["id", "message"],
    ),
  },
  argumentReader(
    (z) => z.object({ id: z.string(), message: z.string(), interrupt: z.optional(z.nullable(z.boolean())) }),
    { aliases: { id: ["agent_id"], message: ["input", "text"] } },
  ),
  async ({ id, message, interrupt }, agents) =>
    agents.send(id, message, interrupt ?? false) ? JSON.stringify({ sent: id }) : unknown(id),
);

/** ms that agents are waited for: without a word, and at most. */
const WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;

const stateOf = (id: string, state: AgentState | null) =>
  state === null ? [id, "not_found"] : [id, state.text === null ? state.status : { [state.status]: state.text }];

/** Waits for agents. */
export const waitForAgents = agentTool(
  {
    type: "function",
    name: "wait",
    description:
      "Waits until one of these agents is done, and gives what each of them came to, or that it still works.",
    parameters: parameters(
      {
        ids: { type: "array", items: { type: "string" }, description: "Ids of the agents." },
        timeout_ms: numberParameter("Milliseconds to wait; 60000 by default, 3600000 at most."),
      },
      ["ids"],
    ),
  },
  argumentReader((z) => z.object({ ids: z.array(z.string()), timeout_ms: z.optional(z.nullable(z.number())) }), {
    aliases: { ids: ["agent_ids", "agents", "id"] },
  }),
  async ({ ids, timeout_ms }, agents, signal) => {
    const ms = Math.min(Math.max(timeout_ms ?? WAIT_MS, 0), LONGEST_WAIT_MS);
    const states = await agents.wait(ids, ms, signal);
    const timed_out = states.every((state) => state === null || state.status === "running");
    return JSON.stringify({
      status: Object.fromEntries(ids.map((id, at) => stateOf(id, states[at] ?? null))),
      timed_out,
    });
  },
);

/** Ends an agent. */
export const closeAgent = agentTool(
  {
    type: "function",
    name: "close_agent",
    description: "Ends an agent; what it does at the moment is cut off. Gives what it said last.",
    parameters: parameters({ id: idParameter }, ["id"]),
  },
  argumentReader((z) => z.object({ id: z.string() }), { aliases: { id: ["agent_id"] } }),
  async ({ id }, agents) => {
    const state = await agents.close(id);
    return state === null ? unknown(id) : JSON.stringify({ status: Object.fromEntries([stateOf(id, state)]) });
  },
);
