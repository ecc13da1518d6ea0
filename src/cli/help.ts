import type { CommandSpec, FlagSpec } from "./spec.ts";

const GROUPS: CommandSpec["group"][] = ["Work", "Files", "Set-up", "Insight"];

/** `-m, --model MODEL`. */
function rawFlag({ name, short, value, aliases }: FlagSpec): string {
  const names = [short ? `-${short}` : null, `--${name}`, ...(aliases ?? []).map((alias) => `--${alias}`)];
  return `${names.filter(Boolean).join(", ")}${value ? ` ${value}` : ""}`;
}

function columns(rows: [string, string][]): string {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows
    .map(([left, right]) => `  ${left.padEnd(width)}${left.length > width ? `\n  ${" ".repeat(width)}` : ""}  ${right}`)
    .join("\n");
}

/** Help of one command. */
export function commandHelp(spec: CommandSpec): string {
  const flags = spec.flags.filter(({ hidden }) => !hidden).map((flag): [string, string] => [rawFlag(flag), flag.help]);
  const aliases = spec.aliases?.length ? ` (also: ${spec.aliases.join(", ")})` : "";
  return [
    `${spec.summary}${aliases}`,
    `Usage:\n  moat ${spec.name} [FLAGS] ${spec.usage}`.trimEnd(),
    ...(spec.details ? [spec.details] : []),
    ...(flags.length > 0 ? [`Flags:\n${columns(flags)}`] : []),
    ...(spec.examples ? [`Examples:\n${spec.examples.map((line) => `  ${line}`).join("\n")}`] : []),
  ]
    .join("\n\n")
    .concat("\n");
}

/** The page behind `moat --help`. */
export function overview(commands: CommandSpec[], version: string): string {
  const groups = GROUPS.map((group) => ({ group, rows: commands.filter((c) => c.group === group && !c.hidden) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ group, rows }) => {
      const listed = rows.map((c): [string, string] => [[c.name, ...(c.aliases ?? [])].join(", "), c.summary]);
      return `${group}:\n${columns(listed)}`;
    });
  return [
    `moat ${version}: a coding agent behind a moat that the kernel enforces`,
    "Usage:\n  moat COMMAND [FLAGS] [ARGS]",
    ...groups,
    'Examples:\n  moat demo\n  moat exec "what does this project do?"\n  moat exec -s workspace-write "fix the failing test"',
    "`moat help COMMAND` tells more. Set OPENAI_API_KEY, or a provider in ~/.moat/config.toml.",
  ]
    .join("\n\n")
    .concat("\n");
}
