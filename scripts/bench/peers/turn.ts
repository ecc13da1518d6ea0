import { createGate } from "../../../src/testkit/index.ts";
import { type Cost, type Running, started } from "../measure.ts";
import { endLeftovers, treeStat } from "../tree.ts";
import { type Agent, environmentOf, prepared, type Started } from "./agents.ts";
import { type Heard, type Scene, startModel } from "./model.ts";

/** A program that takes longer, in ms, is ended. */
const LIMIT_MS = 120_000;
/** Pause, in ms, after which an agent that waits for its model has done what it does meanwhile. */
const SETTLED_MS = 300;

/** An agent with its home and a project, which both last. */
export interface Place {
  agent: Agent;
  home: string;
  project: string;
}

/** What a turn cost: the whole tree, with what the agent left running. */
export interface TurnCost extends Cost {
  /** ms from the start to the first request. */
  first: number;
  /** ms from the first request to the last one. */
  between: number;
}

/** Runs a command to its end. `meanwhile` is done while it runs. */
export async function watched(
  { argv, env }: Started,
  cwd: string,
  meanwhile?: (running: Running) => Promise<void>,
): Promise<Cost & { start: number }> {
  const running = await started(argv, cwd, env);
  const timer = setTimeout(() => process.kill(running.pid, "SIGKILL"), LIMIT_MS);
  await meanwhile?.(running);
  const { code, ...cost } = await running.ended;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`it ended with ${code}`);
  return { ...cost, start: running.start };
}

/** One turn. Throws where the agent did not do what the scene says. */
export async function turnOf(place: Place, scene: Scene, confined = false): Promise<TurnCost> {
  return withModel(place, scene, async (heard, url) => {
    const { start, ...cost } = await watched(commandOf(place, url, confined), place.project);
    const left = endLeftovers(place.home);
    const [first = Number.NaN] = heard.at;
    const last = heard.at.at(-1) ?? Number.NaN;
    if (heard.at.length !== scene.rounds + 1)
      throw new Error(`it asked its model ${heard.at.length} times, not ${scene.rounds + 1}`);
    const { cpu, rss } = cost;
    return { ...cost, cpu: cpu + left.cpu, rss: Math.max(rss, left.rss), first: first - start, between: last - first };
  });
}

/** Private memory of the tree, in MB, while the agent waits for the model's first word. */
export async function waitingMemory(place: Place, scene: Scene): Promise<number> {
  const gate = createGate();
  let memory = Number.NaN;
  await withModel(
    place,
    scene,
    (_, url) =>
      watched(commandOf(place, url, false), place.project, async ({ pid, ended }) => {
        await Promise.race([gate.reached, ended]);
        await Bun.sleep(SETTLED_MS);
        memory = treeStat(pid).private_mb;
        gate.open();
      }),
    gate,
  );
  endLeftovers(place.home);
  return memory;
}

/** Whether a command of the agent really runs: what it printed comes back to the model. Warms its home. */
export async function runsCommands(place: Place, confined: boolean): Promise<boolean> {
  const scene = { rounds: 1, cmd: "echo sta''ge", answer: ["ok"] };
  return withModel(place, scene, async ({ server, at }, url) => {
    await watched(commandOf(place, url, confined), place.project);
    endLeftovers(place.home);
    return at.length === 2 && server.requests.some(({ raw }) => raw.includes("stage"));
  });
}

function commandOf({ agent, home, project }: Place, url: string, confined: boolean): Started {
  const env = environmentOf(agent, prepared(agent, { home, project, url }));
  return { argv: [...agent.program, ...agent.exec(confined)], env: { ...env, TERM: "dumb" } };
}

async function withModel<T>(
  { agent }: Place,
  scene: Scene,
  work: (heard: Heard, url: string) => Promise<T>,
  held?: ReturnType<typeof createGate>,
): Promise<T> {
  const heard = await startModel(agent, scene, held);
  try {
    return await work(heard, heard.server.url);
  } finally {
    heard.server.stop();
  }
}
