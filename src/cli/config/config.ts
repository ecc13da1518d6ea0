import { isSecret, selectKey, showConfig, showLine, tomlValue } from "../../config/show.ts";
import type { CommandRun, Invocation } from "../contract.ts";
import { configFile, failConfig, load, wrongUsage } from "./shared.ts";

/** `moat config SUBCOMMAND`: what is set, where it comes from, and how to change it. */
export const run: CommandRun = async (call) => {
  const [name, ...args] = call.args;
  const inner = { ...call, args };
  switch (name) {
    case "get":
      return get(inner);
    case "list":
      return list(inner);
    case "set":
    case "unset":
    case "edit":
      return (await import("./edit.ts")).edit(name, inner);
    case "import-codex":
    case "import-claude":
    case "import-opencode":
    case "import-gemini":
      return (await import("./import/import.ts")).importFrom(name, inner);
    case "trust":
      return (await import("./trust-command.ts")).run(inner);
    case "path":
      if (args.length > 0) return wrongUsage(call.host, "path takes no key");
      call.host.data(`${configFile(call)}\n`);
      return 0;
    case "schema": {
      if (args.length > 0) return wrongUsage(call.host, "schema takes no key");
      const { configJsonSchema } = await import("../../config/editing.ts");
      call.host.json(configJsonSchema(), 2);
      return 0;
    }
    default:
      return wrongUsage(call.host, name === undefined ? "say what to do" : `there is no "config ${name}"`);
  }
};

async function get(call: Invocation): Promise<number> {
  const { host, flags } = call;
  const [key, ...more] = call.args;
  if (key === undefined || more.length > 0) return wrongUsage(host, "get takes one key");
  const loaded = await load(call);
  if (loaded === null) return 1;
  const found = selectKey(showConfig(loaded.config, loaded.origins), key);
  if (!found.ok) return failConfig(host, found.message);
  const set = found.shown.filter(({ value }) => value !== null);
  const only = found.shown.length === 1 ? found.shown[0] : undefined;
  if (flags.json) host.json(only ? only.value : Object.fromEntries(set.map((s) => [s.key, s.value])));
  else if (set.length === 0)
    return failConfig(host, `"${key}" has no value. \`moat config set ${key} VALUE\` gives it one.`);
  else if (only) host.data(`${typeof only.value === "string" ? only.value : tomlValue(only.value)}\n`);
  else for (const { key, value } of set) host.data(`${key} = ${tomlValue(value)}\n`);
  return 0;
}

async function list(call: Invocation): Promise<number> {
  const { host, flags, args } = call;
  if (args.length > 0) return wrongUsage(host, "list takes no key; use get");
  const loaded = await load(call);
  if (loaded === null) return 1;
  const all = showConfig(loaded.config, loaded.origins);
  const shown = all.filter(({ value, origin }) => (flags.all ? true : origin.layer !== "default") && value !== null);
  for (const warning of loaded.warnings) host.stderr(`moat: ${warning}\n`);
  if (flags.json) {
    const rows = shown.map((s) => ({ key: s.key, value: isSecret(s.key) ? null : s.value, ...s.origin }));
    host.json(rows, 2);
    return 0;
  }
  if (shown.length === 0) host.stderr("nothing is set; `moat config list --all` shows what holds without that\n");
  const lines = shown.map((s) => {
    const origin = s.origin.file === null ? s.origin.layer : `${s.origin.layer} ${s.origin.file}`;
    return flags.origin ? `${showLine(s)}  # ${origin}` : showLine(s);
  });
  host.stdout(lines.map((line) => `${line}\n`).join(""));
  return 0;
}
