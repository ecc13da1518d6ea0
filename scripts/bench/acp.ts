// moat acp from outside, as an editor waits for it. `--peers` puts published agents beside it.
import { readFileSync } from "node:fs";
import { call, respond, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { moat, once, row } from "./measure.ts";
import { installedPeer, type PeerName } from "./peers/install.ts";

const RUNS = 9;
/** Runs of a peer: each takes seconds. */
const PEER_RUNS = 3;
const PEERS: [PeerName, string[]][] = [
  ["gemini", ["--acp"]],
  ["opencode", ["acp"]],
  ["copilot", ["--acp"]],
];

interface Message {
  id?: number;
  method?: string;
  result?: { sessionId?: string };
}

/** An agent on pipes, spoken to in plain JSON. */
class Agent {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "ignore">;
  readonly #messages: AsyncGenerator<Message>;

  constructor(argv: string[], cwd: string, env: Record<string, string>) {
    this.#child = Bun.spawn(argv, { cwd, env, stdin: "pipe", stdout: "pipe", stderr: "ignore" });
    this.#messages = messages(this.#child.stdout);
  }

  send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    this.#child.stdin.flush();
  }

  async until(fits: (message: Message) => boolean): Promise<Message> {
    for (let next = await this.#messages.next(); !next.done; next = await this.#messages.next())
      if (fits(next.value)) return next.value;
    throw new Error("the agent ended");
  }

  async ask(id: number, method: string, params: object): Promise<Message> {
    this.send({ id, method, params });
    return this.until((message) => message.id === id && message.method === undefined);
  }

  /** Peak so far, in MB. */
  get rss(): number {
    const [, kib = "0"] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, "utf8")) ?? [];
    return (Number(kib) * 1024) / 1e6;
  }

  /** Closes its input; one that does not leave by itself is ended. */
  async end(patience_ms = 2000): Promise<number> {
    const start = performance.now();
    await this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), patience_ms);
    await this.#child.exited;
    clearTimeout(timer);
    return performance.now() - start;
  }
}

async function* messages(stream: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let open = "";
  for await (const chunk of stream) {
    const lines = (open + decoder.decode(chunk, { stream: true })).split("\n");
    open = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("{")) yield JSON.parse(line) as Message;
  }
}

const HELLO = { protocolVersion: 1, clientCapabilities: {} };

/** From the start of the process to its answer to `initialize`, in ms; each of the runs. */
async function hello(argv: string[], cwd: string, env: Record<string, string>, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < runs; n++) {
    const start = performance.now();
    const agent = new Agent(argv, cwd, env);
    await agent.ask(1, "initialize", HELLO);
    times.push(performance.now() - start);
    await agent.end();
  }
  return times;
}

/** A turn, and one that is cancelled while its command sleeps: peak memory in MB, times in ms. */
async function session(cwd: string, env: Record<string, string>) {
  const agent = new Agent([moat, "acp"], cwd, env);
  await agent.ask(1, "initialize", HELLO);
  const { result } = await agent.ask(2, "session/new", { cwd, mcpServers: [] });
  const sessionId = result?.sessionId;
  const prompt = [{ type: "text", text: "hi" }];
  await agent.ask(3, "session/prompt", { sessionId, prompt });
  const { rss } = agent;
  agent.send({ id: 4, method: "session/prompt", params: { sessionId, prompt } });
  await agent.until((message) => JSON.stringify(message).includes("asleep"));
  const start = performance.now();
  agent.send({ method: "session/cancel", params: { sessionId } });
  await agent.until(({ id }) => id === 4);
  return { rss, cancel: performance.now() - start, end: await agent.end() };
}

export async function run(): Promise<void> {
  using home = tempProject();
  using project = tempProject({}, { git: true });
  const turns = { count: 0 };
  const sleep = call("exec_command", { cmd: "echo as''leep; exec sleep 600", login: false });
  const server = await startModelServer(({ path }) => {
    if (path.endsWith("/models")) return { status: 200, body: { data: [] } };
    return turns.count++ % 2 === 0 ? respond(say("ok")) : respond(sleep);
  });
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home.dir,
    MOAT_HOME: home.path("moat"),
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "sk-bench",
  };
  const own = Math.min(...(await hello([moat, "acp"], project.dir, env, RUNS)));
  console.log(`  initialize: answered ${own.toFixed(1)} ms after the start (least of ${RUNS})`);
  if (process.argv.includes("--peers")) await besidePeers(own, project.dir, home.dir);
  const least = { rss: Number.POSITIVE_INFINITY, cancel: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  for (let n = 0; n < RUNS; n++) {
    const one = await session(project.dir, env);
    for (const key of ["rss", "cancel", "end"] as const) least[key] = Math.min(least[key], one[key]);
  }
  turns.count = 0;
  const exec = await once([moat, "exec", "hi"], { cwd: project.dir, env });
  server.stop();
  row("peak RSS of a turn, times that of exec", least.rss / exec.rss, 1.3, "x");
  row("cancel to the end of the prompt, a command running", least.cancel, 200, "ms");
  row("end of the input to the end of the process", least.end, 200, "ms");
}

/** The same of peers, those that can be had. */
async function peerHellos(cwd: string, HOME: string): Promise<Record<string, number[]>> {
  const env = { PATH: process.env.PATH ?? "", HOME };
  const times: Record<string, number[]> = {};
  for (const [name, args] of PEERS) {
    const program = installedPeer(name);
    if (!program) continue;
    try {
      times[name] = await hello([program, ...args], cwd, env, PEER_RUNS);
    } catch (error) {
      console.error(`  ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return times;
}

async function besidePeers(own: number, cwd: string, HOME: string): Promise<void> {
  const times = await peerHellos(cwd, HOME);
  for (const [name, took] of Object.entries(times))
    console.log(`  ${name}: ${Math.min(...took).toFixed(0)} ms (least of ${PEER_RUNS})`);
  row("initialize, times the fastest peer's", own / Math.min(...Object.values(times).flat()), 0.1, "x");
}

/** From the start of `moat acp` and of its peers to the answer to `initialize`, in ms; each of the runs. */
export async function initializeTimes(): Promise<Record<string, number[]>> {
  using home = tempProject();
  using project = tempProject({}, { git: true });
  const env = { PATH: process.env.PATH ?? "", HOME: home.dir, OPENAI_API_KEY: "sk-bench" };
  const own = await hello([moat, "acp"], project.dir, env, RUNS);
  return { moat: own, ...(await peerHellos(project.dir, home.dir)) };
}
