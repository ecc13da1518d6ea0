import { quoteWords } from "../../base/index.ts";
import { AS_MODE } from "../../policy/index.ts";
import { type Started, start } from "../../process/index.ts";
import type { SandboxMode } from "../../protocol/index.ts";
import { type Launch, SandboxError, underWatch } from "../../sandbox/index.ts";
import { narrowerMode } from "../../session/index.ts";
import type { ServerProgram } from "../../tools/index.ts";
import { TurnFailed } from "../failed.ts";
import type { ThreadSettings } from "../settings.ts";
import { confine, knownRepositories } from "./confinement.ts";
import { type RunningThread, recorded, reportFinding } from "./run-command.ts";

/** Variables that every program gets: where programs are, whose home it is, language, terminal, temporary files. */
const USUAL = ["PATH", "HOME", "LANG", "TERM", "TMPDIR"];

/**
 * Starts a server of tools. It may write what the thread's commands may at most, also where these run without any sandbox; the
 * network and more than that is its own setting, as far as the administrator allows it.
 */
export async function startServer(state: RunningThread, program: ServerProgram): Promise<Started> {
  const { no_network } = state.services.administrator;
  if (program.network && no_network !== null) return { ok: false, message: `not started: ${no_network}` };
  const { argv, cwd, on_output } = program;
  const settings = settingsOf(state, program);
  try {
    // What its tools write is undone with the turns that they are called in.
    const files_id = state.files.programId();
    const own = await launchFor(state, program, settings, files_id);
    // Where protected places cannot be held while it runs, it gets a sandbox in which there is nothing to hold.
    const narrow = { ...settings, sandbox_mode: "read-only" as const };
    const launch = own.guarded ? await launchFor(state, program, narrow, files_id) : own;
    const started = await start({ launch, cwd, io: "pipes", on_output });
    if (started.ok) state.files.lives(files_id, started.process.ended);
    state.files.ended(files_id);
    if (!started.ok) return started;
    state.lasting.addProgram(started.process, quoteWords(argv), state.services.now());
    started.process.ended.then(({ guard }) => {
      for (const finding of guard) reportFinding(state, finding);
    });
    return started;
  } catch (error) {
    // No turn waits for it: whoever calls a tool of it is told.
    if (error instanceof SandboxError) return { ok: false, message: error.message };
    if (error instanceof TurnFailed) return { ok: false, message: error.failure.message };
    throw error;
  }
}

async function launchFor(
  state: RunningThread,
  program: ServerProgram,
  settings: ThreadSettings,
  files_id: string,
): Promise<Launch> {
  const { permissions, services } = state;
  const { argv, cwd } = program;
  const network = program.network ? ("full" as const) : ("none" as const);
  const { policy: allowed } = await confine({ permissions, services, settings }, { ...AS_MODE, network });
  // Rules open hosts to commands.
  const policy = await recorded(state, { ...allowed, net: network }, files_id, "mcp");
  const env = { ...usualEnvironment(services.env), ...program.env };
  const sandbox = await state.sandbox();
  return sandbox.launch(argv, underWatch(policy, knownRepositories(state)), cwd, env, "separate");
}

/** The thread's settings with the mode of the server; what commands reach of the network, of sockets and of hidden stores says nothing about it. */
function settingsOf({ settings, services }: RunningThread, { confined }: ServerProgram): ThreadSettings {
  const { approval_policy, sandbox_workspace_write } = settings;
  const wanted = modeOf(settings, confined);
  const { sandbox_mode } = services.administrator.restrict({ sandbox_mode: wanted, approval_policy });
  const closed = { network_access: false, network_hosts: [], allow_sockets: [], allow_reading: [] };
  return { ...settings, sandbox_mode, sandbox_workspace_write: { ...sandbox_workspace_write, ...closed } };
}

/** What plan mode or a container around moat say holds for every server. */
function modeOf({ sandbox_mode, after_plan }: ThreadSettings, confined: boolean): SandboxMode {
  if (after_plan !== undefined || sandbox_mode === "external") return sandbox_mode;
  return confined ? narrowerMode(sandbox_mode, "workspace-write") : "danger-full-access";
}

function usualEnvironment(env: Record<string, string | undefined>): Record<string, string> {
  const known = USUAL.map((name) => [name, env[name]] as const);
  return Object.fromEntries(known.filter((one): one is [string, string] => one[1] !== undefined));
}
