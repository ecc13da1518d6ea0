import { join } from "node:path";
import { type Import, isTable, newImport } from "../../../config/editing.ts";
import { type Permission, planRules } from "./rules.ts";
import { serversOf } from "./servers.ts";
import { dropOthers, hintAt, modelOf, planSettings } from "./settings.ts";
import { type ImportHost, type Planned, readSettings, stringsIn, type Table, textsIn } from "./source.ts";

const NAMES = ["opencode.jsonc", "opencode.json", "config.json"];
const KNOWN = ["$schema", "model", "provider", "permission", "mcp", "instructions"];
/** Protocols by the package that opencode speaks them with. */
const WIRES: Record<string, string> = {
  "@ai-sdk/openai-compatible": "chat",
  "@ai-sdk/openai": "responses",
  "@ai-sdk/anthropic": "anthropic",
};
/** Providers that both know, by opencode's name. */
const PROVIDERS: Record<string, string> = {
  ...Object.fromEntries(
    ["anthropic", "openai", "openrouter", "mistral", "deepseek", "xai", "groq", "ollama", "lmstudio"].map((id) => [
      id,
      id,
    ]),
  ),
  google: "gemini",
};

/** Plans the import of opencode's own configuration (`~/.config/opencode`): model, providers, permissions, servers. */
export async function planOpencode(host: ImportHost): Promise<Planned> {
  const directory = join(host.env.XDG_CONFIG_HOME || join(host.home, ".config"), "opencode");
  const found = NAMES.map((name) => readSettings(join(directory, name))).find((read) => read !== null);
  if (found === undefined) return { ok: false, message: `there is no opencode.json in ${directory}.` };
  if (!found.ok) return found;
  const { table } = found;
  const plan = newImport();
  const model_providers = providersOf(table.provider, plan);
  const settings = {
    ...(await modelSetting(table.model, Object.keys(model_providers), host, plan)),
    ...editsOf(table.permission, plan),
    model_providers,
    mcp_servers: serversOf(table.mcp, importedServer),
  };
  const failed = await planSettings(settings, host, plan);
  if (failed !== null) return { ok: false, message: failed };
  planRules(permissionsOf(table.permission, plan), "opencode", host.moat_home, plan);
  dropOthers(table, KNOWN, plan);
  if (textsIn(table.instructions).length > 0)
    plan.dropped.push({ key: "instructions", why: "put what they say into AGENTS.md, or name one with --project-doc" });
  hintAt(
    join(directory, "AGENTS.md"),
    `copy it to ${join(host.moat_home, "AGENTS.md")} if it holds for moat too.`,
    plan,
  );
  for (const name of ["agent", "command", "plugin", "skills"])
    hintAt(join(directory, name), "see docs/coming-from.md.", plan);
  return { ok: true, plan };
}

async function modelSetting(value: unknown, own: readonly string[], host: ImportHost, plan: Import): Promise<Table> {
  if (typeof value !== "string") return {};
  const [id = "", ...rest] = value.split("/");
  const provider = own.includes(id) ? id : Object.hasOwn(PROVIDERS, id) ? PROVIDERS[id] : undefined;
  if (provider !== undefined && rest.length > 0) return modelOf(provider, rest.join("/"), host, plan);
  plan.dropped.push({ key: "model", why: `moat has no provider "${id}"; model_providers takes any with an address` });
  return {};
}

/** Providers with an address. A key that stands in the file is not copied. */
function providersOf(value: unknown, plan: Import): Table {
  return Object.fromEntries(
    Object.entries(isTable(value) ? value : {}).flatMap(([id, provider]) => {
      const options = isTable(provider) && isTable(provider.options) ? provider.options : {};
      const { baseURL, apiKey } = options;
      const wire = isTable(provider) ? (WIRES[String(provider.npm ?? "@ai-sdk/openai-compatible")] ?? null) : null;
      const variable = typeof apiKey === "string" ? (/^\{env:(\w+)\}$/.exec(apiKey)?.[1] ?? null) : null;
      if (typeof apiKey === "string" && variable === null)
        plan.dropped.push({
          key: `provider.${id}.options.apiKey`,
          why: `keys are not copied: \`moat login\`, or env_key of model_providers.${id}`,
        });
      if (typeof baseURL === "string" && wire !== null)
        return [[id, { base_url: baseURL, wire_api: wire, ...(variable === null ? {} : { env_key: variable }) }]];
      plan.dropped.push({
        key: `provider.${id}`,
        why: "a provider of moat's has an address and speaks one of three protocols",
      });
      return [];
    }),
  );
}

const DECISIONS = { allow: "allow", ask: "prompt", deny: "forbidden" } as const;
const isDecision = (value: unknown): value is keyof typeof DECISIONS =>
  typeof value === "string" && Object.hasOwn(DECISIONS, value);

function permissionsOf(value: unknown, plan: Import): Permission[] {
  const { bash } = isTable(value) ? value : {};
  if (bash === undefined) return [];
  const lines = isTable(bash) ? Object.entries(bash) : [["*", bash] as const];
  return lines.flatMap(([line, says]): Permission[] => {
    const key = `permission.bash ${line}: ${String(says)}`;
    if (isDecision(says)) return [{ key, decision: DECISIONS[says], line }];
    plan.dropped.push({ key, why: "this says neither allow, ask nor deny" });
    return [];
  });
}

/** What is said of edits; all other kinds are dropped with a reason. */
function editsOf(value: unknown, plan: Import): Table {
  const permission = isTable(value) ? value : {};
  for (const [kind, says] of Object.entries(permission)) {
    if (kind === "bash" || (kind === "edit" && says === "deny")) continue;
    const why =
      kind === "edit"
        ? "the sandbox says what may be written; --auto-edit asks about commands alone"
        : "moat has no such permission";
    plan.dropped.push({ key: `permission.${kind}`, why });
  }
  return permission.edit === "deny" ? { sandbox_mode: "read-only" } : {};
}

/** A server in the keys of `mcp_servers`; its command is one list there. */
function importedServer(server: Table): Table {
  const [command, ...args] = textsIn(server.command);
  const remote = typeof server.url === "string" ? { url: server.url } : {};
  return {
    ...(command === undefined ? remote : { command, args }),
    ...(isTable(server.environment) ? { env: Object.fromEntries(stringsIn(server.environment)) } : {}),
    ...(isTable(server.headers) ? { http_headers: Object.fromEntries(stringsIn(server.headers)) } : {}),
    ...(server.enabled === false ? { enabled: false } : {}),
  };
}
