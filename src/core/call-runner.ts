import { join } from "node:path";
import type { Permit } from "../policy/index.ts";
import { notStarted, type RunResult, run } from "../process/index.ts";
import type { Denial } from "../protocol/index.ts";
import {
  commandEnvironment,
  explainDenial,
  forCommand,
  type GuardFinding,
  gitEnvironment,
  kindOf,
  type SandboxPolicy,
} from "../sandbox/index.ts";
import type { CommandRequest, ToolContext } from "../tools/index.ts";
import { threadCaches, threadPolicy } from "./confinement.ts";
import type { ThreadState } from "./state.ts";

/** Bytes of one command's output that are kept for people and JSONL; the figure of the Codex CLI. */
const CAPTURE_BYTES = 1024 * 1024;

/**
 * Under `untrusted`, `git status` runs without a question because it only reads. In a directory that only looks like a
 * repository, which anybody can put into a project, it would run the program that the planted config names.
 */
const ONLY_NAMED = [["safe.bareRepository", "explicit"]] as const;

/** The world of one call: runs its commands under its permit, and remembers what the sandbox refused. */
export class CallRunner {
  denial: Denial | null = null;
  readonly #state: ThreadState;
  readonly #item_id: string;
  readonly #permit: Permit;
  readonly #cwd: string;
  readonly #signal: AbortSignal;

  constructor(state: ThreadState, item_id: string, permit: Permit, cwd: string, signal: AbortSignal) {
    this.#state = state;
    this.#item_id = item_id;
    this.#permit = permit;
    this.#cwd = cwd;
    this.#signal = signal;
  }

  async context(): Promise<ToolContext> {
    const policy = await threadPolicy(this.#state, this.#permit);
    const full = policy.mode === "danger-full-access" || policy.mode === "external";
    return {
      cwd: this.#cwd,
      run: (command) => this.#run(command, policy),
      writable: full ? { roots: ["/"], protected: [] } : { roots: policy.writable, protected: policy.protected },
      hidden: policy.hidden,
      state_dir: join(this.#state.services.moat_home, "journal"),
      now: this.#state.services.now,
      signal: this.#signal,
    };
  }

  async #run(command: CommandRequest, policy: SandboxPolicy): Promise<RunResult> {
    const { settings, services, thread_id } = this.#state;
    if (kindOf(command.cwd) !== "directory") {
      return notStarted(`cannot run in ${command.cwd}: there is no such directory`);
    }
    const sandbox = await this.#state.sandbox();
    const base = commandEnvironment({
      env: services.env,
      policy: settings.shell_environment_policy,
      provider_key_names: settings.provider_key_names,
      holdsKey: (value) => services.keys.holds(value),
      thread_id,
      network: policy.net,
      tier: sandbox.tier,
      caches: threadCaches(this.#state, this.#permit)?.env ?? {},
    });
    const careful = settings.approval_policy === "untrusted" ? { ...base, ...gitEnvironment(base, ONLY_NAMED) } : base;
    const { policy: opened, env } = forCommand(command.argv, command.cwd, policy, careful);
    const result = await run(
      {
        launch: sandbox.launch(command.argv, opened, command.cwd, env),
        cwd: command.cwd,
        timeout_ms: command.timeout_ms,
        capture_bytes: CAPTURE_BYTES,
        on_output: (text) => {
          this.#state.emitDelta(this.#item_id, "command_execution", text);
          return this.#state.ready();
        },
        now: services.now,
      },
      this.#signal,
    );
    for (const finding of result.guard) this.#report(finding);
    if (result.report && result.ended === "exited") this.#explain(command, opened, result);
    return result;
  }

  /** A command that reached for a protected place is no longer trusted with the same freedom: from now on moat asks. */
  #report({ path, action, kept_at }: GuardFinding): void {
    const done = { restored: "has been put back", quarantined: "has been moved away", reported: "was changed" }[action];
    const kept = kept_at === null ? "" : ` (the command's version is kept in ${kept_at})`;
    const message = `a command changed ${path}, which is protected: it ${done}${kept}`;
    this.#state.tighten();
    this.#state.emit({ type: "item.completed", item: { id: this.#state.newItemId(), type: "error", message } });
  }

  #explain(command: CommandRequest, policy: SandboxPolicy, result: RunResult): void {
    if (!result.report) return;
    const { report, exit_code } = result;
    const explained = explainDenial({
      policy,
      report,
      exit_code,
      output: result.output.text,
      command: command.argv.join(" "),
      cwd: command.cwd,
    });
    this.denial = explained ?? this.denial;
  }
}
