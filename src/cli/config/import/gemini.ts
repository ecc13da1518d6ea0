import { join } from "node:path";
import { type Import, isTable, newImport } from "../../../config/editing.ts";
import { type Permission, planRules } from "./rules.ts";
import { serversOf } from "./servers.ts";
import { dropOthers, hintAt, modelOf, planSettings } from "./settings.ts";
import { type ImportHost, type Planned, readSettings, type Table, textsIn } from "./source.ts";

const KNOWN = ["$schema", "model", "tools", "mcpServers", "context", "allowedTools", "excludeTools", "contextFileName"];

/** Plans the import of gemini-cli's own settings (`~/.gemini/settings.json`), of today's form and the flat one before it. */
export async function planGemini(host: ImportHost): Promise<Planned> {
  const directory = join(host.env.GEMINI_CLI_HOME || host.home, ".gemini");
  const file = join(directory, "settings.json");
  const read = readSettings(file);
  if (read === null) return { ok: false, message: `there is no ${file}.` };
  if (!read.ok) return read;
  const { table } = read;
  const plan = newImport();
  const settings = {
    ...(await modelSetting(table.model, host, plan)),
    ...instructionsOf(table),
    mcp_servers: serversOf(table.mcpServers),
  };
  const failed = await planSettings(settings, host, plan);
  if (failed !== null) return { ok: false, message: failed };
  planRules(permissionsOf(table, plan), "gemini", host.moat_home, plan);
  dropOthers(table, KNOWN, plan);
  dropOthers(isTable(table.tools) ? table.tools : {}, ["allowed", "exclude", "confirmationRequired"], plan, "tools.");
  hintAt(
    join(directory, "GEMINI.md"),
    `copy it to ${join(host.moat_home, "AGENTS.md")} if it holds for moat too.`,
    plan,
  );
  for (const name of ["commands", "extensions", "policies"])
    hintAt(join(directory, name), "see docs/coming-from.md.", plan);
  return { ok: true, plan };
}

async function modelSetting(value: unknown, host: ImportHost, plan: Import): Promise<Table> {
  const name = isTable(value) ? value.name : value;
  if (typeof name !== "string") return {};
  if (/^gemini-[\w.-]+$/.test(name)) return modelOf("gemini", name, host, plan);
  plan.dropped.push({
    key: "model.name",
    why: `"${name}" is no name of a model: \`moat models\` has those that there are`,
  });
  return {};
}

/** Names of files that are read where there is no AGENTS.md. */
function instructionsOf({ context, contextFileName }: Table): Table {
  const value = isTable(context) ? context.fileName : contextFileName;
  const names = (typeof value === "string" ? [value] : textsIn(value)).filter((name) => name !== "AGENTS.md");
  return names.length > 0 ? { project_doc_fallback_filenames: names } : {};
}

function permissionsOf({ tools, allowedTools, excludeTools }: Table, plan: Import): Permission[] {
  const own = isTable(tools) ? tools : {};
  const lists = [
    ["tools.exclude", "forbidden", own.exclude ?? excludeTools],
    ["tools.confirmationRequired", "prompt", own.confirmationRequired],
    ["tools.allowed", "allow", own.allowed ?? allowedTools],
  ] as const;
  return lists.flatMap(([name, decision, list]) =>
    textsIn(list).flatMap((text): Permission[] => {
      const key = `${name} ${text}`;
      const line = /^(?:run_shell_command|ShellTool)(?:\((.*)\))?$/s.exec(text);
      // What stands in the brackets is a beginning there.
      if (line) return [{ key, decision, line: `${line[1] ?? ""}*` }];
      plan.dropped.push({ key, why: "it is about a tool that moat does not have, or that the sandbox holds" });
      return [];
    }),
  );
}
