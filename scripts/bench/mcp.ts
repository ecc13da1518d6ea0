// What configured servers of tools cost: the way to the first request with ten of them, three dead; and memory of a turn that calls one.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, type Reply, respond, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { type Cost, interleaved, moat, once, root, row } from "./measure.ts";

const RUNS = 15;
/** Beside a thread without servers. */
const FIRST_REQUEST = 1.1;
const RSS = 1.25;
/** Settings that people have anyway: reading a file of them is no cost of servers. */
const OWN = 'model_verbosity = "low"\n';
const SERVERS = 10;
const DEAD = 3;

const fixture = join(root, "src", "mcp", "fixtures", "server.ts");
const entry = (name: string, kind: string) =>
  `[mcp_servers.${name}]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ["--no-install", ${JSON.stringify(fixture)}, "${kind}"]\n`;

interface Home {
  project: string;
  moat_home: string;
}

function home(directory: string, name: string, config: string): Home {
  const moat_home = join(directory, name);
  mkdirSync(moat_home);
  writeFileSync(join(moat_home, "config.toml"), config);
  return { project: tempProject({}, { git: true }).dir, moat_home };
}

/** A turn; `first`: ms from its start to its first request. */
async function turn({ project, moat_home }: Home, reply: (index: number) => Reply): Promise<Cost & { first: number }> {
  let first = 0;
  const start = performance.now();
  const server = await startModelServer((_request, index) => {
    if (index === 0) first = performance.now() - start;
    return reply(index);
  });
  const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-bench", MOAT_HOME: moat_home };
  try {
    return { ...(await once([moat, "exec", "--json", "hi"], { cwd: project, env })), first };
  } finally {
    server.stop();
  }
}

const plain = () => respond(say("ok"));
const calling = (name: string, input: object) => (index: number) =>
  respond(index === 0 ? call(name, input, "c") : say("ok"));

export async function run(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "moat-bench-mcp-"));
  try {
    const names = Array.from({ length: SERVERS }, (_, at) => `s${at}`);
    const all = names.map((name, at) => entry(name, at < SERVERS - DEAD ? "plain" : at % 2 ? "dead" : "hang")).join("");
    const without = home(directory, "without", OWN);
    const ten = home(directory, "ten", OWN + all);
    const one = home(directory, "one", OWN + entry("s0", "plain"));
    // What moat knows from a first time, as a user's moat does; the dead ones it never knows.
    for (const known of [ten, one]) await turn(known, calling("tool_search", { query: "" }));
    const first = async (from: Home): Promise<Cost> => {
      const { first: wall, ...cost } = await turn(from, plain);
      return { ...cost, wall };
    };
    const best = await interleaved(
      {
        none: () => first(without),
        ten: () => first(ten),
        command: () => turn(without, calling("exec_command", { cmd: "true", login: false })),
        tool: () => turn(one, calling("mcp__s0__echo", { text: "hi" })),
      },
      RUNS,
    );
    const of = (name: string) => best[name] ?? { wall: 0, cpu: 0, rss: 0 };
    const ratio = (what: "wall" | "cpu" | "rss", name: string, beside: string) => of(name)[what] / of(beside)[what];
    const [ms, without_ms] = [of("ten").wall.toFixed(1), of("none").wall.toFixed(1)];
    console.log(
      `  first request after ${ms} ms with ${SERVERS} servers, ${DEAD} dead, after ${without_ms} ms with none`,
    );
    row("first request with ten servers beside none", ratio("wall", "ten", "none"), FIRST_REQUEST, "×");
    row("processor time of such a turn", ratio("cpu", "ten", "none"), FIRST_REQUEST, "×");
    row("memory of a call of a server beside a command's", ratio("rss", "tool", "command"), RSS, "×");
    row("memory with ten servers that nobody calls", ratio("rss", "ten", "none"), RSS, "×");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
