import { resolve } from "node:path";
import { FAILED, readNamed, USAGE } from "../../base/index.ts";
import { builtInTools, Thread, type ThreadServices } from "../../core/index.ts";
import { jsonLines } from "../../frontends/exec/index.ts";
import type { Op } from "../../protocol/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { Player } from "./player.ts";
import { type Recording, readRecording, seededRandom } from "./recording.ts";

/** `moat replay FILE`: runs a recorded thread again, without network, tools or waiting, and prints its events. */
export const run: CommandRun = async ({ args, flags, host }) => {
  const fail = (message: string, exit: number) => {
    host.stderr(`moat: ${message}\n`);
    return exit;
  };
  const [path, more] = args;
  if (path === undefined || more !== undefined) return fail("replay takes one file: moat replay FILE", USAGE);
  const until = flags.until === undefined ? Number.POSITIVE_INFINITY : Number(flags.until);
  if (Number.isNaN(until) || until < 0) return fail(`--until ${flags.until}: give a number of requests`, USAGE);
  const source = await readNamed(resolve(host.cwd, path), MAX_BYTES, host.signal);
  if (!source.ok) return fail(`${path}: ${source.why}`, source.exit);
  const read = readRecording(path, source.bytes.toString("utf8"));
  if (!read.ok) return fail(read.message, FAILED);
  return play(read.recording, until, flags["json-deltas"] === true, host);
};

/** Largest recording that is read: it is held as one text. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Prints the events until the recording is over. 0 when it was played as it was recorded. */
async function play(recording: Recording, until: number, deltas: boolean, host: Host): Promise<number> {
  const state = { over: false, differed: false };
  const player = new Player(recording, until, {
    interrupt: () => thread.submit({ type: "interrupt" }),
    over() {
      state.over = true;
      thread.submit({ type: "shutdown" });
    },
    differs(n) {
      state.differed = true;
      host.stderr(`moat: request ${n + 1} is not the one that was recorded: this moat asks otherwise\n`);
    },
  });
  const { thread_id, settings, resumed } = recording.head;
  const thread: Thread = new Thread({ thread_id, settings, resumed, services: services(recording, player, host) });
  const ops = player.ops.map(asOp);
  const next = () => {
    while (ops[0] && BETWEEN_TURNS.has(ops[0].type)) thread.submit(ops.shift() as Op);
    thread.submit(ops.shift() ?? { type: "shutdown" });
  };
  next();
  for await (const event of thread.events) {
    if (state.over) continue;
    const lines = jsonLines(event, { deltas, evidence: null });
    for (const line of lines) host.json(line);
    if (event.type === "turn.completed" || event.type === "turn.failed") next();
  }
  return state.differed ? FAILED : 0;
}

/** No turn begins with them. */
const BETWEEN_TURNS: ReadonlySet<Op["type"]> = new Set<Op["type"]>(["settings", "undo", "redo"]);

function asOp(op: Player["ops"][number]): Op {
  if (op.type === "compact") return { type: "compact", ...(op.instructions ? { instructions: op.instructions } : {}) };
  return op;
}

/** A world in which everything comes from the recording, and nothing is kept. */
function services({ head }: Recording, player: Player, host: Host): ThreadServices {
  const own = builtInTools();
  const unused = () => Promise.reject(new Error("a replay runs no commands"));
  return {
    openModel: async (known) => {
      const { createClient } = await import("../../model/index.ts");
      const { now, timer, sleep, fetch } = player;
      return createClient(head.provider, { now, timer, sleep, fetch, random: seededRandom(head.seed) }, known);
    },
    modelInfo: async (model) => (await import("../../model/index.ts")).modelInfo(model, head.catalog),
    openSandbox: unused,
    openChild() {
      throw new Error("a replay runs no calls");
    },
    sink: null,
    tape: player,
    checkpoints: null,
    secrets: host.secrets,
    keys: host.secrets,
    key_files: [],
    tools: {
      ...own,
      specs: async (model) => [...(player.offered ?? (await own.specs(model)))],
    },
    hooks: null,
    held: [],
    administrator: {
      restrict: ({ sandbox_mode, approval_policy }) => ({ sandbox_mode, approval_policy, notes: [] }),
      no_network: null,
    },
    transcript_path: null,
    saveRule: () => {},
    open_files: null,
    ownCommands: () => null,
    env: {},
    home: host.home,
    moat_home: host.moat_home,
    moat_version: head.moat_version,
    date: () => new Date(player.now()),
    now: player.now,
  };
}
