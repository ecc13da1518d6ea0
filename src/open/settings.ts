import { type Config, keyNames } from "../config/index.ts";
import type { BudgetLimits, ThreadSettings } from "../core/index.ts";
import type { ModelConfig, ProviderConfig, ProviderSettings } from "../model/index.ts";
import type { Rules } from "../policy/index.ts";
import type { ApprovalPolicy, JsonSchema, SandboxMode } from "../protocol/index.ts";

/** Leaves out what nobody set: the configuration says null there, the model folder leaves such keys away. */
type Present<T> = { [K in keyof T]?: Exclude<T[K], null> };
function present<T extends object>(table: T): Present<T> {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== null)) as Present<T>;
}

/** The part of the configuration that says which model is spoken to. */
export function modelConfig(config: Config): ModelConfig {
  const { model, model_provider, openai_base_url, ca_file } = config;
  const providers = Object.entries(config.model_providers).map(([id, table]): [string, ProviderConfig] => [
    id,
    present(table),
  ]);
  return {
    ...present({ model, model_provider, openai_base_url, ca_file }),
    model_providers: Object.fromEntries(providers),
  };
}

/** What settings are made from beside the configuration. */
export interface SettingsInput {
  /** Absolute. */
  cwd: string;
  model: string;
  provider: ProviderSettings;
  /** The front end's own policy; undefined: the configured one. */
  approval_policy: ApprovalPolicy | undefined;
  /** What commands may touch when no layer says so. */
  default_sandbox: SandboxMode;
  /** Patches inside the writable places need no question. */
  free_patches: boolean;
  env: Record<string, string | undefined>;
  rules: Rules;
  budget: BudgetLimits;
  web_search: ThreadSettings["web_search"];
  /** More directories that may be written, absolute. */
  add_dirs: string[];
  system_prompt: string | null;
  project_instructions: string | null;
  skills: ThreadSettings["skills"];
  agents: ThreadSettings["agents"];
  output_schema: JsonSchema | null;
}

/** A thread's settings: configuration and surroundings put together. */
export function threadSettings(config: Config, input: SettingsInput): ThreadSettings {
  const { approval_policy: configured, sandbox_workspace_write: write, shell_environment_policy: shell } = config;
  return {
    cwd: input.cwd,
    model: input.model,
    model_provider: input.provider.id,
    effort: config.model_reasoning_effort,
    reasoning_summary: config.model_reasoning_summary,
    verbosity: config.model_verbosity,
    approval_policy: input.approval_policy ?? (typeof configured === "string" ? configured : "on-request"),
    granular: typeof configured === "string" ? null : configured,
    free_patches: input.free_patches,
    sandbox_mode: config.sandbox_mode ?? input.default_sandbox,
    sandbox_workspace_write: {
      ...write,
      writable_roots: [...write.writable_roots, ...input.add_dirs],
      network_hosts: [...write.network_hosts],
      hidden_paths: [...write.hidden_paths],
    },
    memory_limit: config.memory_limit === "off" ? null : config.memory_limit,
    shell_environment_policy: {
      ...shell,
      exclude: [...shell.exclude],
      include_only: [...shell.include_only],
      set: { ...shell.set },
    },
    login_shell: { once: config.login_shell === "once", files: config.login_shell_files },
    provider_key_names: keyNames(config, input.env),
    rules: input.rules,
    tool_output_token_limit: config.tool_output_token_limit,
    system_prompt: input.system_prompt,
    developer_instructions: config.developer_instructions,
    project_instructions: input.project_instructions,
    skills: input.skills,
    agents: input.agents,
    web_search: input.web_search,
    context_window: config.model_context_window,
    auto_compact_token_limit: config.model_auto_compact_token_limit,
    compact_prompt: config.compact_prompt,
    budget: input.budget,
    service_tier: config.service_tier,
    output_schema: input.output_schema,
  };
}
