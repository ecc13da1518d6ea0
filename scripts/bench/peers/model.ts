// One scripted model for every agent: the same commands and the same answer on each of their wires.
import {
  call,
  chatEvents,
  type createGate,
  encodeEvent,
  type ModelServer,
  messagesEvents,
  type Output,
  type RecordedRequest,
  responseEvents,
  type SseEvent,
  type Step,
  say,
  startModelServer,
} from "../../../src/testkit/index.ts";
import type { Agent, Wire } from "./agents.ts";

/** What a model does in a turn: so many commands, one a request, and an answer in pieces. */
export interface Scene {
  rounds: number;
  cmd: string;
  answer: readonly string[];
}

/** When requests of a turn came, by `performance.now`. */
export interface Heard {
  server: ModelServer;
  /** Those that offer tools: titles and the like are none. */
  at: number[];
}

const EVENTS: Record<Wire, (outputs: Output[]) => SseEvent[]> = {
  responses: (outputs) => responseEvents(outputs, { type: "completed" }),
  chat: (outputs) => chatEvents(outputs, { type: "completed" }),
  messages: (outputs) => messagesEvents(outputs, { type: "completed" }),
};

/** Each event a chunk of its own, as bytes: what the server does for a long answer shall not be what is measured. */
const stepsOf = (wire: Wire, outputs: Output[]): Step[] =>
  EVENTS[wire](outputs).map((event) => ({ bytes: encodeEvent(event) }));

/** Starts the model of one turn. `held`: it does not answer the first request before that opens. */
export async function startModel(agent: Agent, scene: Scene, held?: ReturnType<typeof createGate>): Promise<Heard> {
  const at: number[] = [];
  const answer = stepsOf(agent.wire, [say(...scene.answer)]);
  const server = await startModelServer((request) => {
    if (request.method !== "POST") return { status: 200, body: { data: [] } };
    if (!offersTools(request)) return stepsOf(agent.wire, [say("ok")]);
    const round = at.push(performance.now()) - 1;
    const steps = round < scene.rounds ? commandOf(agent, scene.cmd, round) : answer;
    return held && round === 0 ? [{ wait: held }, ...steps] : steps;
  });
  return { server, at };
}

function commandOf(agent: Agent, cmd: string, round: number): Step[] {
  const { name, args } = agent.shell(cmd);
  return stepsOf(agent.wire, [call(name, args, `call_${round}`)]);
}

function offersTools({ body, path }: RecordedRequest): boolean {
  if (path.endsWith("/count_tokens") || body === null || typeof body !== "object" || Array.isArray(body)) return false;
  return Array.isArray(body.tools) && body.tools.length > 0;
}
