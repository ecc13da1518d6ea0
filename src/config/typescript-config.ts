import { isTable } from "./schema/type.ts";

export type TypeScriptConfig =
  | { ok: true; table: Record<string, unknown>; dropped: { key: string; why: string }[] }
  | { ok: false; message: string };

/** Approval modes of the TypeScript CLI and what they meant (design/command-line.md). */
const MODES: Record<string, Record<string, unknown>> = {
  suggest: { approval_policy: "untrusted", sandbox_mode: "read-only" },
  "auto-edit": { approval_policy: "untrusted", sandbox_mode: "workspace-write" },
  "full-auto": { approval_policy: "on-failure", sandbox_mode: "workspace-write" },
};

/** Keys that mean the same under another name. */
const SAME: Record<string, string> = {
  model: "model",
  provider: "model_provider",
  reasoningEffort: "model_reasoning_effort",
};

const GONE: Record<string, string> = {
  disableResponseStorage: "moat never lets the provider store responses",
  fullAutoErrorMode: "commands that the sandbox refuses are asked about",
  memory: "write what should be remembered into AGENTS.md",
  flexMode: "it is off already",
  tools: "the size of outputs is set with tool_output_token_limit",
};

/** Turns a config.json or config.yaml of the TypeScript CLI into a table with our keys. */
export function readTypeScriptConfig(text: string, format: "json" | "yaml"): TypeScriptConfig {
  let value: unknown;
  try {
    value = format === "json" ? JSON.parse(text) : Bun.YAML.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `this is not ${format.toUpperCase()}: ${why}. Correct or remove the file.` };
  }
  if (!isTable(value)) return { ok: false, message: "this is not a table of settings. Correct or remove the file." };
  const table: Record<string, unknown> = {};
  const dropped: { key: string; why: string }[] = [];
  for (const [key, setting] of Object.entries(value)) translate(key, setting, table, dropped);
  return { ok: true, table, dropped };
}

function translate(
  key: string,
  value: unknown,
  table: Record<string, unknown>,
  dropped: { key: string; why: string }[],
): void {
  const same = Object.hasOwn(SAME, key) ? SAME[key] : undefined;
  if (same !== undefined) table[same] = value;
  else if (key === "approvalMode" && typeof value === "string" && Object.hasOwn(MODES, value))
    Object.assign(table, MODES[value]);
  else if (key === "notify") table.tui = { notifications: value };
  else if (key === "flexMode" && value === true) table.service_tier = "flex";
  else if (key === "providers" && isTable(value)) table.model_providers = providers(value);
  else if (key === "history" && isTable(value)) table.history = history(value, dropped);
  else dropped.push({ key, why: Object.hasOwn(GONE, key) ? (GONE[key] ?? "") : "moat has no such setting" });
}

function providers(value: Record<string, unknown>): Record<string, unknown> {
  const translated = Object.entries(value).map(([id, provider]) => {
    if (!isTable(provider)) return [id, provider];
    const { name, baseURL, envKey } = provider;
    // That CLI spoke Chat Completions with every provider of its own list.
    const settings = Object.entries({ name, base_url: baseURL, env_key: envKey, wire_api: "chat" });
    return [id, Object.fromEntries(settings.filter(([, setting]) => setting !== undefined))];
  });
  return Object.fromEntries(translated);
}

function history(value: Record<string, unknown>, dropped: { key: string; why: string }[]): Record<string, unknown> {
  const table: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(value)) {
    if (key === "saveHistory") table.persistence = setting === false ? "none" : "save-all";
    else if (key === "sensitivePatterns") table.sensitive_patterns = setting;
    else dropped.push({ key: `history.${key}`, why: "use history.max_bytes" });
  }
  return table;
}
