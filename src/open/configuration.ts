import type { Host } from "../cli/contract.ts";
import type { ModeSettings } from "../cli/mode-flags.ts";
import { loadConfig, restrict, showError } from "../config/index.ts";
import type { AdministratorRules } from "../core/index.ts";
import type { ApprovalPolicy, SandboxMode } from "../protocol/index.ts";
import type { OpenOptions } from "./open-thread.ts";

/** What the layers of configuration came to, or the message and exit code that fit. */
export type ConfigRead = ({ ok: true } & Loaded) | { ok: false; message: string; exit: number };

/** The settings in force, and what came with them: rules of the administrator, trust, hooks. */
export type Loaded = Omit<Extract<Awaited<ReturnType<typeof loadConfig>>, { ok: true }>, "ok">;

const USAGE = 2;
const FAILED = 1;

/**
 * Reads every layer for a thread. Where somebody can be asked about the project, the question comes first and what was
 * answered counts at once. A mistake on the command line exits with 2, one in a file with 1.
 */
export async function readConfig(host: Host, options: OpenOptions, mode: ModeSettings): Promise<ConfigRead> {
  const first = await readLayers(host, options, mode);
  if (!first.ok || !options.askTrust) return first;
  const question = first.trust.question();
  if (question === null) return first;
  await options.askTrust(question);
  return readLayers(host, options, mode);
}

async function readLayers(host: Host, options: OpenOptions, mode: ModeSettings): Promise<ConfigRead> {
  const { flags } = options;
  const result = await loadConfig({
    moat_home: host.moat_home,
    home: host.home,
    cwd: options.cwd,
    env: host.env,
    overrides: [...(options.overrides ?? []), ...storedOverrides(options), ...mode.overrides],
    profile: typeof flags.profile === "string" ? flags.profile : null,
    strict: flags["strict-config"] === true,
    ignore_user: options.ignore_user_config ?? false,
    trust: flags.trust === true,
  });
  if (result.ok) return result;
  const message = result.errors.map(showError).join("\nmoat: ");
  return { ok: false, message, exit: result.errors.every(({ file }) => file === null) ? USAGE : FAILED };
}

/** What commands may touch when nobody set it: a person who trusts the folder wants work done in it; else it is only read. */
export function defaultSandbox({ trust }: Loaded, { askTrust }: OpenOptions): SandboxMode {
  return askTrust && trust.folder_trust === "trusted" ? "workspace-write" : "read-only";
}

/** A thread goes on with what its last turn had, unless a flag, or the policy of the front end itself, says otherwise. */
function storedOverrides({ resume, approval_policy: own }: OpenOptions): string[] {
  const context = resume?.stored.context;
  if (!context) return [];
  const { model, model_provider, sandbox_mode, effort } = context;
  const approval_policy = own ? null : context.approval_policy;
  const pairs = { model, model_provider, sandbox_mode, approval_policy, model_reasoning_effort: effort };
  return Object.entries(pairs).flatMap(([key, value]) => (value === null ? [] : [`${key}=${JSON.stringify(value)}`]));
}

/** The administrator's rules as a thread needs them: for a front end's own defaults, and for what ops and answers ask for. */
export function administratorRules({ requirements }: Loaded): AdministratorRules {
  const { file, allow_network_access } = requirements;
  return {
    restrict({ sandbox_mode, approval_policy }) {
      const sandbox = restrict(requirements, "sandbox_mode", sandbox_mode);
      const approval = restrict(requirements, "approval_policy", approval_policy);
      return {
        sandbox_mode: sandbox.value as SandboxMode,
        approval_policy: approval.value as ApprovalPolicy,
        notes: [sandbox.note, approval.note].filter((note) => note !== null),
      };
    },
    no_network: allow_network_access
      ? null
      : `no command may reach the network: ${file} says allow_network_access = false`,
  };
}
