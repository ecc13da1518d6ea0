import { FAILED, span, USAGE } from "../base/index.ts";
import { loadConfig, restrict, type Setting, showError } from "../config/index.ts";
import type { AdministratorRules } from "../core/index.ts";
import type { ApprovalPolicy, SandboxMode } from "../protocol/index.ts";
import type { Loaded, OpenHost, OpenOptions, Refusal } from "./contract.ts";

/** What the layers of configuration came to, or the message and exit code that fit. */
export type ConfigRead = ({ ok: true } & Loaded) | Refusal;

/** What of a thread's options says which configuration it has. */
export type ConfigOptions = Pick<
  OpenOptions,
  | "cwd"
  | "preset"
  | "overrides"
  | "profile"
  | "strict"
  | "trust"
  | "ignore_user_config"
  | "own_policy"
  | "askTrust"
  | "resume"
>;

/**
 * Reads every layer for a thread. Where somebody can be asked about the project, the question comes first and what was
 * answered counts at once. A mistake on the command line exits with 2, one in a file with 1.
 */
export async function readConfig(host: OpenHost, options: ConfigOptions): Promise<ConfigRead> {
  const first = await readLayers(host, options);
  if (!first.ok || !options.askTrust) return first;
  const question = first.trust.question();
  if (question === null) return first;
  await options.askTrust(question);
  return readLayers(host, options);
}

async function readLayers(host: OpenHost, options: ConfigOptions): Promise<ConfigRead> {
  const loaded = span("configuration");
  const result = await loadConfig({
    moat_home: host.moat_home,
    home: host.home,
    cwd: options.cwd,
    env: host.env,
    overrides: [...(options.preset ?? []), ...storedSettings(options), ...(options.overrides ?? [])],
    profile: options.profile ?? null,
    strict: options.strict ?? false,
    ignore_user: options.ignore_user_config ?? false,
    trust: options.trust ?? false,
    secrets: host.secrets,
  });
  loaded();
  if (result.ok) return result;
  const message = result.errors.map(showError).join("\nmoat: ");
  return { ok: false, message, exit: result.errors.every(({ file }) => file === null) ? USAGE : FAILED };
}

/** What commands may touch when nobody set it: a person who trusts the folder wants work done in it; else it is only read. */
export function defaultSandbox({ trust }: Loaded, { askTrust }: Pick<OpenOptions, "askTrust">): SandboxMode {
  return askTrust && trust.folder_trust === "trusted" ? "workspace-write" : "read-only";
}

/**
 * A thread goes on with what its last turn had, unless a person, or the policy of the front end itself, says otherwise. What
 * cannot be used any more is left out: nobody typed it.
 */
function storedSettings({ resume, own_policy }: ConfigOptions): Setting[] {
  const context = resume?.stored.context;
  if (!context) return [];
  const { effort, untold = {} } = context;
  const { sandbox_mode, approval_policy } = context.after_plan ?? context;
  const values = {
    model: untold.model ? null : context.model,
    model_provider: untold.model_provider ? null : context.model_provider,
    sandbox_mode: untold.sandbox_mode === undefined ? sandbox_mode : null,
    approval_policy: own_policy || untold.approval_policy !== undefined ? null : approval_policy,
    model_reasoning_effort: effort,
  };
  return Object.entries(values).flatMap(([key, value]) =>
    value === null ? [] : [{ keys: [key], value, from: "the stored thread", lenient: true }],
  );
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
