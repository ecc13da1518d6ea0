import { join } from "node:path";
import { CLAUDE_HOOKS, type Import, isHookEvent, isTable, newImport, planFile } from "../../../config/editing.ts";
import { type Permission, planRules } from "./rules.ts";
import { serversOf } from "./servers.ts";
import { dropOthers, hintAt, modelOf, planSettings, variablesOf } from "./settings.ts";
import { type ImportHost, type Planned, readSettings, stringsIn, type Table, textsIn } from "./source.ts";

/** Of `env`, what Claude Code reads itself. */
const ITS_OWN = /^(?:ANTHROPIC|CLAUDE|DISABLE|MAX_THINKING|BASH_|MCP_|AWS_|VERTEX|OTEL)/;
const KNOWN = ["$schema", "permissions", "hooks", "env", "model", "disableAllHooks"];

/**
 * Plans the import of what a person set for Claude Code: `settings.json` (permissions, hooks, env, model) and the servers of
 * `.claude.json`. Files of projects are not touched: moat reads those itself, when they are trusted.
 */
export async function planClaude(host: ImportHost): Promise<Planned> {
  const directory = host.env.CLAUDE_CONFIG_DIR || join(host.home, ".claude");
  const file = join(directory, "settings.json");
  const settings = readSettings(file);
  const state = readSettings(
    host.env.CLAUDE_CONFIG_DIR ? join(directory, ".claude.json") : join(host.home, ".claude.json"),
  );
  if (settings?.ok === false) return settings;
  if (settings === null && !(state?.ok && isTable(state.table.mcpServers)))
    return { ok: false, message: `there is no ${file}. Set CLAUDE_CONFIG_DIR if it lies elsewhere.` };
  const plan = newImport();
  const table = settings?.table ?? {};
  const servers = state?.ok ? serversOf(state.table.mcpServers) : {};
  const failed = await planSettings({ ...(await settingsOf(table, host, plan)), mcp_servers: servers }, host, plan);
  if (failed !== null) return { ok: false, message: failed };
  planRules(permissionsOf(table.permissions, plan), "claude", host.moat_home, plan);
  planHooks(table, host, plan);
  dropOthers(table, KNOWN, plan);
  const agents = join(host.moat_home, "AGENTS.md");
  hintAt(
    join(directory, "CLAUDE.md"),
    `copy it to ${agents} if it holds for moat too; a project's CLAUDE.md is read where it has no AGENTS.md.`,
    plan,
  );
  for (const name of ["commands", "agents", "skills"]) hintAt(join(directory, name), "see docs/coming-from.md.", plan);
  return { ok: true, plan };
}

async function settingsOf(table: Table, host: ImportHost, plan: Import): Promise<Table> {
  const variables = stringsIn(table.env).filter(([name]) => {
    if (ITS_OWN.test(name)) plan.dropped.push({ key: `env.${name}`, why: "Claude Code reads it, and no command" });
    return !ITS_OWN.test(name);
  });
  return {
    ...(await modelSetting(table.model, host, plan)),
    ...variablesOf(variables, "env", plan),
    ...placesOf(isTable(table.permissions) ? table.permissions : {}, plan),
  };
}

async function modelSetting(model: unknown, host: ImportHost, plan: Import): Promise<Table> {
  if (typeof model !== "string") return {};
  if (/^claude-[\w.-]+$/.test(model)) return modelOf("anthropic", model, host, plan);
  plan.dropped.push({
    key: "model",
    why: `"${model}" is no name of a model: \`moat models\` has those that there are`,
  });
  return {};
}

/** What of the permissions is about places and modes. */
function placesOf(permissions: Table, plan: Import): Table {
  const hidden = textsIn(permissions.deny).flatMap(
    (text) => /^Read\(((?:~\/|\/\/)[^*?[]+?)(?:\/\*\*)?\)$/.exec(text)?.[1] ?? [],
  );
  const roots = textsIn(permissions.additionalDirectories).filter((path) => /^[~/]/.test(path));
  const mode = permissions.defaultMode;
  if (mode !== undefined && mode !== "dontAsk" && mode !== "default")
    plan.dropped.push({
      key: "permissions.defaultMode",
      why: "say it where it is meant: --plan, --auto-edit, -s MODE and -a POLICY",
    });
  dropOthers(permissions, ["allow", "ask", "deny", "additionalDirectories", "defaultMode"], plan, "permissions.");
  const places = {
    // A path from the root has two slashes there.
    ...(hidden.length > 0 ? { hidden_paths: hidden.map((path) => path.replace(/^\/\//, "/")) } : {}),
    ...(roots.length > 0 ? { writable_roots: roots } : {}),
  };
  return {
    ...(Object.keys(places).length > 0 ? { sandbox_workspace_write: places } : {}),
    ...(mode === "dontAsk" ? { approval_policy: "never" } : {}),
  };
}

/** The permissions that are about commands; all others are dropped with a reason. */
function permissionsOf(value: unknown, plan: Import): Permission[] {
  const permissions = isTable(value) ? value : {};
  const decisions = { deny: "forbidden", ask: "prompt", allow: "allow" } as const;
  return Object.entries(decisions).flatMap(([name, decision]) =>
    textsIn(permissions[name]).flatMap((text): Permission[] => {
      const key = `permissions.${name} ${text}`;
      const [, tool = "", line] = /^(\w+)(?:\((.*)\))?$/s.exec(text) ?? [];
      if (tool === "Bash") return [{ key, decision, line: line ?? "*" }];
      const why = otherTool(tool, name, text);
      if (why !== null) plan.dropped.push({ key, why });
      return [];
    }),
  );
}

function otherTool(tool: string, name: string, text: string): string | null {
  if (tool === "Read" && name === "deny") {
    if (/^Read\((?:~\/|\/\/)[^*?[]+(?:\/\*\*)?\)$/.test(text)) return null;
    return "hidden_paths takes whole files and directories, from the root or from home";
  }
  if (/^(?:Read|Glob|Grep|LS)$/.test(tool)) return "what is not hidden may be read";
  if (/^(?:Edit|Write|MultiEdit|NotebookEdit)$/.test(tool))
    return "the sandbox says what may be written: sandbox_mode, writable_roots";
  if (/^Web/.test(tool)) return "the sandbox says what of the network may be reached";
  return text.startsWith("mcp__") ? "see mcp_servers.NAME.default_tools_approval_mode" : "moat has no such tool";
}

/** Hooks go into a file of their own, because their scripts are told what Claude Code tells them. */
function planHooks(table: Table, { moat_home }: ImportHost, plan: Import): void {
  if (!isTable(table.hooks)) return;
  if (table.disableAllHooks === true) {
    plan.dropped.push({ key: "hooks", why: "disableAllHooks is set" });
    return;
  }
  const kept = Object.entries(table.hooks).flatMap(([event, groups]): [string, unknown][] => {
    if (isHookEvent(event) && Array.isArray(groups))
      return [[event, groups.flatMap((group) => commandsOf(event, group, plan))]];
    plan.dropped.push({ key: `hooks.${event}`, why: "moat has no such event" });
    return [];
  });
  const hooks = Object.fromEntries(kept.filter(([, groups]) => (groups as unknown[]).length > 0));
  if (Object.keys(hooks).length === 0) return;
  planFile(join(moat_home, CLAUDE_HOOKS), `${JSON.stringify({ hooks }, null, 2)}\n`, "hooks", plan);
}

function commandsOf(event: string, group: unknown, plan: Import): unknown[] {
  if (!isTable(group) || !Array.isArray(group.hooks)) return [];
  const hooks = group.hooks.filter(
    (hook) => isTable(hook) && hook.type === "command" && typeof hook.command === "string",
  );
  if (hooks.length < group.hooks.length) plan.dropped.push({ key: `hooks.${event}`, why: "moat only runs commands" });
  return hooks.length === 0 ? [] : [{ ...group, hooks }];
}
