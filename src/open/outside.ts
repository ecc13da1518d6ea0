// The user's own programs that moat starts outside the sandbox: hooks, `notify`, reviewers, programs that print keys. What is run
// must not be something that a command wrote, or that came with a project which nobody trusted.

import type { Config, HeldProgram, Hook } from "../config/index.ts";
import type { FoundProgram, Reach } from "../sandbox/index.ts";
import { readConfig } from "./configuration.ts";
import type { HeldCommand, Loaded, OpenHost, OpenOptions, Outside } from "./contract.ts";
import { outsideEnvironment } from "./outside-environment.ts";

/** What of a thread's options says where commands may write. */
export type PlaceOptions = Pick<OpenOptions, "cwd" | "add_dirs">;

/** Finds and holds them; null when the configuration names none. */
export async function openOutside(loaded: Loaded, host: OpenHost, options: PlaceOptions): Promise<Outside | null> {
  const { config } = loaded;
  const named = [config.notify, config.approve_with, ...authCommands(config), ...freeServers(config)];
  const commands = named.filter((argv) => argv !== null);
  if (loaded.hooks.length === 0 && commands.length === 0) return null;
  const [{ findProgram, droppedFromPath, foundOnlyIn }, { holdPrograms, lineProblem }, reach] = await Promise.all([
    import("../sandbox/index.ts"),
    import("../config/index.ts"),
    threadReach(config, host, options),
  ]);
  const env = await outsideEnvironment(loaded, host.env, reach);
  const PATH = host.env.PATH ?? "";
  const within = [...reach.project, ...reach.writable];
  const places = (cwd: string) => ({ root: loaded.project.root, cwd, home: host.home, within });
  const hold = (line: string) => holdPrograms(line, places(options.cwd));
  const hooks = loaded.hooks.map((hook) => ({ ...hook, programs: withOwn(hook, hold(hook.command)) }));
  const dropped = droppedFromPath(PATH, reach, options.cwd);
  const kept = new Map<string, HeldProgram[]>();
  const commandOf = (argv: readonly string[]): HeldCommand & { programs: HeldProgram[] } => {
    const line = argv.map(quoted).join(" ");
    const programs = kept.get(line) ?? hold(line);
    kept.set(line, programs);
    return {
      programs,
      start(cwd) {
        const problem = lineProblem(line, programs, places(cwd), false);
        if (problem !== null) return { ok: false, message: problem };
        const known = programs.map(({ path }) => path);
        const found: FoundProgram = findProgram(argv[0] ?? "", PATH, cwd, reach, known);
        return found.ok ? { ok: true, argv: [found.path, ...argv.slice(1)] } : found;
      },
    };
  };
  const programs = [...hooks.flatMap((hook) => hook.programs), ...commands.flatMap((argv) => commandOf(argv).programs)];
  return {
    env,
    hooks,
    hook_context: { env, home: host.home, within, leftOut: (name) => foundOnlyIn(dropped, name, env.PATH ?? "") },
    held: [...new Set(programs.filter(({ held }) => held).map(({ path }) => path))],
    command: commandOf,
  };
}

/** Of a project's hook, what its trust covers stays as it was trusted; the rest is what lies there now. */
function withOwn(hook: Hook, now: readonly HeldProgram[]): HeldProgram[] {
  const trusted = new Set(hook.programs.map(({ path }) => path));
  const beneath = (path: string) => hook.project && path.startsWith(`${hook.project_dir}/`);
  return [...hook.programs, ...now.filter(({ path }) => !trusted.has(path) && !beneath(path))];
}

/** Where commands of a thread can put a program, whatever its mode is now: the mode may change. */
export async function threadReach(
  config: Config,
  host: OpenHost,
  { cwd, add_dirs = [] }: PlaceOptions,
): Promise<Reach> {
  const [{ reachOf }, { writablePlaces }] = await Promise.all([
    import("../sandbox/programs.ts"),
    import("../sandbox/policy.ts"),
  ]);
  const { home, moat_home, env } = host;
  const { writable_roots, hidden_paths: _, ...write } = config.sandbox_workspace_write;
  const input = { ...write, mode: "workspace-write" as const, cwd, home, moat_home, tmpdir: env.TMPDIR ?? null };
  const roots = [...writable_roots, ...add_dirs];
  const opened = writablePlaces({ ...input, writable_roots: roots, hidden_paths: [] });
  // A directory that is missing keeps every command from running; until then it counts as it is written.
  const { writable, protected: closed } = opened.ok ? opened : { writable: [cwd, "/tmp", ...roots], protected: [] };
  return reachOf(cwd, home, { writable, closed });
}

/** The same for what no thread starts, in the directory that moat was started in. Where no configuration can be read, without what it opens. */
export async function usualReach(host: OpenHost): Promise<Reach> {
  const place = { cwd: host.cwd };
  const read = await readConfig(host, place);
  if (read.ok) return threadReach(read.config, host, place);
  const { reachOf } = await import("../sandbox/programs.ts");
  const temporary = ["/tmp", host.env.TMPDIR ?? "/tmp"];
  return reachOf(host.cwd, host.home, { writable: temporary, closed: [] });
}

/** Servers of tools that run outside the sandbox. */
function freeServers({ mcp_servers }: Config): string[][] {
  const free = Object.values(mcp_servers).filter(
    ({ enabled, sandbox_mode }) => enabled && sandbox_mode !== "workspace-write",
  );
  return free.flatMap(({ command, args }) => (command ? [[command, ...args]] : []));
}

function authCommands({ model_providers, credentials }: Config): string[][] {
  const providers = Object.values(model_providers);
  return [
    ...providers.flatMap(({ auth }) => (auth.command ? [[auth.command, ...auth.args]] : [])),
    ...Object.values(credentials).flatMap(({ command }) => (command ? [[...command]] : [])),
  ];
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
