import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSchemas } from "../protocol/index.ts";
import {
  type ModelServer,
  NO_LOCAL_SERVERS,
  type Script,
  startModelServer,
  type TempProject,
  tempProject,
} from "../testkit/index.ts";

/** The built binary; `scripts/test` builds it before it runs the tests. */
export const binary = join(import.meta.dir, "..", "..", "dist", "moat");
if (!existsSync(binary)) throw new Error("dist/moat is missing: run ./scripts/test, or bun run build");

/** Puts the binary somewhere else, as a file of its own: a second name where that is the same disk, else a copy. */
export function placeBinary(path: string): void {
  try {
    linkSync(binary, path);
  } catch {
    copyFileSync(binary, path);
  }
}

/** How a run of the binary ended. */
export interface Ran {
  exit: number;
  stdout: string;
  stderr: string;
  /** stdout as JSON Lines; throws when a line is none. */
  events(): JsonEvent[];
}

/** A public event, as loosely as a reader of JSON Lines knows it. */
export type JsonEvent = { type: string } & Record<string, never>;

/** A home, a project and a scripted model, for one test. */
export interface TestWorld extends AsyncDisposable {
  home: string;
  moat_home: string;
  project: TempProject;
  server: ModelServer;
  env: Record<string, string>;
  /** Runs the binary in the project. */
  moat(args: string[], options?: MoatRun): Promise<Ran>;
  /** Starts the binary in the project and returns the process. */
  start(args: string[], options?: MoatRun): Bun.Subprocess<"pipe" | "ignore", "pipe", "pipe">;
  /** Writes MOAT_HOME/config.toml. */
  config(toml: string): void;
}

export interface MoatRun {
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  cwd?: string;
}

/** A fresh world. Its provider is the scripted server, through the environment. */
export async function world(script: Script, files: Record<string, string | Uint8Array> = {}): Promise<TestWorld> {
  const project = tempProject(files, { git: true });
  const base = tempProject();
  const home = base.path("home");
  const moat_home = join(home, ".moat");
  mkdirSync(home);
  const server = await startModelServer(script);
  const env = {
    HOME: home,
    PATH: process.env.PATH ?? "",
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "sk-test",
    TERM: "dumb",
    ...NO_LOCAL_SERVERS,
  };
  const start: TestWorld["start"] = (args, options = {}) =>
    Bun.spawn([binary, ...args], {
      cwd: options.cwd ?? project.dir,
      env: { ...env, ...options.env },
      stdin: options.stdin === undefined ? "ignore" : "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
  return {
    home,
    moat_home,
    project,
    server,
    env,
    start,
    config(toml) {
      mkdirSync(moat_home, { recursive: true });
      writeFileSync(join(moat_home, "config.toml"), toml);
    },
    async moat(args, options = {}) {
      const child = start(args, options);
      if (options.stdin !== undefined && typeof child.stdin === "object") {
        child.stdin.write(options.stdin);
        await child.stdin.end();
      }
      const [stdout, stderr, exit] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      return { exit, stdout, stderr, events: () => parseLines(stdout) };
    },
    async [Symbol.asyncDispose]() {
      server.stop();
      project[Symbol.dispose]();
      base[Symbol.dispose]();
    },
  };
}

const { publicEvent } = await loadSchemas();

/** Every line of `exec --json` must be JSON, and follow the schema that `moat schema events` prints. */
export function parseLines(text: string): JsonEvent[] {
  return text
    .trimEnd()
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const event = JSON.parse(line);
      const { error } = publicEvent.safeParse(event);
      if (error) throw new Error(`not in the schema: ${line}\n${JSON.stringify(error.issues, null, 2)}`);
      return event;
    });
}

/** Processes whose argv is like this; the numbers that a command sees of itself are those of its own namespace. */
export const processesLike = (like: (argv: string[]) => boolean) =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return like(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1));
      } catch {
        // It ended while it was looked at.
        return false;
      }
    });

/** Processes whose command line is this. */
export const running = (line: string) => processesLike((argv) => argv.join(" ") === line);
