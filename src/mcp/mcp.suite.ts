// Servers of tools for tests, as a thread has them, but outside any sandbox.
import { join } from "node:path";
import type { UserInputAnswer, UserInputQuestion } from "../protocol/index.ts";
import { tempProject } from "../testkit/index.ts";
import { builtInTools, type ToolContext, type ToolHost, type ToolSet } from "../tools/index.ts";
import { type ServerConfig, type ServerWorld, withServers } from "./index.ts";

export const FIXTURE = join(import.meta.dir, "fixtures", "server.ts");

/** A server with the usual limits. */
export function serverOf(name: string, place: ServerConfig["place"], more: Partial<ServerConfig> = {}): ServerConfig {
  return {
    name,
    place,
    required: false,
    startup_timeout_ms: 5000,
    tool_timeout_ms: 5000,
    enabled_tools: null,
    disabled_tools: [],
    approval: "auto",
    approvals: {},
    parallel: false,
    ...more,
  };
}

/** The scripted server, started by Bun. */
export const program = (kind: string, name = "t", more: Partial<ServerConfig> = {}) =>
  serverOf(
    name,
    {
      kind: "stdio",
      argv: [process.execPath, "--no-install", FIXTURE, kind],
      env: {},
      cwd: "/",
      network: false,
      confined: true,
    },
    more,
  );

export const address = (url: string, name = "t", more: Partial<ServerConfig> = {}) =>
  serverOf(name, { kind: "http", url, headers: {}, scopes: [], client_id: null }, more);

/** A set of tools with its servers, and a person who answers. */
export interface PlayedServers extends Disposable {
  set: ToolSet;
  /** Calls a tool by its whole name. */
  call(name: string, input?: object, signal?: AbortSignal): Promise<{ status: string; body: string }>;
  /** Questions that were put to the person. */
  asked: UserInputQuestion[][];
  learned: string[];
  world: ServerWorld;
}

type Answers = (questions: UserInputQuestion[]) => UserInputAnswer;

export function played(
  configs: ServerConfig[],
  answers: Answers = () => ({ type: "declined" }),
  more: Partial<ServerWorld> = {},
): PlayedServers {
  const home = tempProject();
  const asked: UserInputQuestion[][] = [];
  const learned: string[] = [];
  const world: ServerWorld = {
    version: "1",
    moat_home: home.dir,
    fetch: (url, init) => fetch(url, init),
    learn: (secret) => void learned.push(secret),
    allows: () => true,
    date: () => Date.now(),
    ...more,
  };
  const set = withServers(builtInTools(), configs, world);
  set.attach?.({ start: spawned, confinement: () => "" });
  const input: ToolContext["input"] = async (questions) => {
    asked.push(questions);
    return answers(questions);
  };
  return {
    set,
    asked,
    learned,
    world,
    async call(name, given = {}, signal = new AbortController().signal) {
      const tool = await set.load(name, null);
      const parsed = await tool?.parse(JSON.stringify(given), "/");
      if (!tool || parsed?.ok !== true) throw new Error(`${name} cannot be called`);
      const context = { signal, input, ask: async () => ({ ok: false, message: "asked again" }) };
      return tool.run(parsed.args, context as unknown as ToolContext);
    },
    [Symbol.dispose]() {
      set.close?.();
      home[Symbol.dispose]();
    },
  };
}

const spawned: ToolHost["start"] = async ({ argv, cwd, env, on_output }) => {
  const child = Bun.spawn(argv, { cwd, env, stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  const read = async (stream: ReadableStream<Uint8Array>, from: "stdout" | "stderr") => {
    for await (const bytes of stream) on_output(bytes, from);
  };
  const drained = Promise.all([read(child.stdout, "stdout"), read(child.stderr, "stderr")]);
  const ended = Promise.all([child.exited, drained]).then(([exit_code]) => ({
    exit_code,
    stopped: false,
    guard: [],
    spent: null,
  }));
  return {
    ok: true,
    process: {
      report: {} as never,
      ended,
      async write(data) {
        child.stdin.write(data);
        await child.stdin.flush();
      },
      closeInput: () => void child.stdin.end(),
      resize: () => {},
      stop() {
        child.kill();
        return ended;
      },
    },
  };
};
