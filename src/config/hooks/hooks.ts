import { type ConfigError, fileError } from "../problem.ts";
import { isTable } from "../schema/type.ts";
import type { HookGroup } from "../schema/type-hooks.ts";
import { type HookEvent, type HookForm, isHookEvent } from "./events.ts";
import { fitsNothing } from "./fits-nothing.ts";
import type { HeldProgram } from "./held.ts";
import { matcherProblem, matches } from "./matcher.ts";

/** Time limit of a hook that names none, in seconds: what Claude Code's documentation promised for years. */
const DEFAULT_TIMEOUT_SECONDS = 60;
/** At the end of a session somebody waits for their prompt: the most that codex gives there. Claude Code gives half of it. */
const DEFAULT_END_SECONDS = 3;

/** One program that is run at an event. */
export interface Hook {
  event: HookEvent;
  /** As it was written; `matcher.ts` reads it. null: always. */
  matcher: string | null;
  /** A line for /bin/sh. */
  command: string;
  timeout_ms: number;
  /** false: it is started and not waited for; what it says does not count. */
  awaited: boolean;
  /** File that asks for it; null: a flag. */
  file: string | null;
  /** Follows the file: hooks.json is codex's, a settings.json is Claude Code's. */
  form: HookForm;
  /** Of a project: the program runs only while its files are the ones that were trusted. */
  project: boolean;
  /** Root of the project, given to the program as CLAUDE_PROJECT_DIR and MOAT_PROJECT_DIR. */
  project_dir: string;
  /** Files that the line names, with the content that is trusted. */
  programs: readonly HeldProgram[];
}

/** Groups by event, and what of a file is not taken over. */
export interface HooksFile {
  groups: Map<HookEvent, HookGroup[]>;
  notes: string[];
}

/**
 * Reads a hooks.json of codex or the `hooks` of a Claude Code settings.json (`{hooks: {EVENT: [{matcher, hooks: [{type,
 * command, timeout}]}]}}`). Events and kinds of hooks that moat does not have are named and left out, so that a file of the
 * peers works as it is; a file of another shape gives null.
 */
export function parseHooks(text: string): HooksFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isTable(value)) return null;
  const found: HooksFile = { groups: new Map(), notes: [] };
  if (value.hooks === undefined) return found;
  if (!isTable(value.hooks)) return null;
  for (const [event, groups] of Object.entries(value.hooks)) {
    if (!isHookEvent(event)) found.notes.push(`moat has no event "${event}"`);
    else if (!Array.isArray(groups)) return null;
    else if (!readGroups(event, groups, found)) return null;
  }
  return found;
}

function readGroups(event: HookEvent, groups: unknown[], found: HooksFile): boolean {
  const read: HookGroup[] = [];
  for (const group of groups) {
    if (!isTable(group) || !Array.isArray(group.hooks)) return false;
    const hooks = [];
    for (const hook of group.hooks as unknown[]) {
      if (!isTable(hook)) return false;
      if (hook.type !== "command" || typeof hook.command !== "string") {
        found.notes.push(`a hook of ${event} is of the kind "${hook.type}", but moat only runs commands`);
        continue;
      }
      const timeout = typeof hook.timeout === "number" && hook.timeout > 0 ? hook.timeout : null;
      hooks.push({ command: commandLine(hook.command, hook.args), timeout, async: hook.async === true });
    }
    read.push({ matcher: matcherOf(group.matcher), hooks });
  }
  found.groups.set(event, read);
  return true;
}

/** A list of names is one in JSON, too; what is no text at all is kept as its JSON, which no matcher can be. */
function matcherOf(value: unknown): string | null {
  if (value === undefined || value === null || typeof value === "string") return value ?? null;
  const names = Array.isArray(value) && value.every((one) => typeof one === "string");
  return names ? value.join(",") : `<${JSON.stringify(value)}>`;
}

/** Claude Code also has a program with its arguments in place of a line; `${CLAUDE_PROJECT_DIR}` is filled in there too. */
function commandLine(command: string, args: unknown): string {
  if (!Array.isArray(args)) return command;
  const quote = (text: string) => `'${text.replaceAll("'", `'"'"'`)}'`;
  const word = (text: string) =>
    text
      .split(/\$\{CLAUDE_PROJECT_DIR\}/)
      .map(quote)
      .join('"$CLAUDE_PROJECT_DIR"');
  return [command, ...args].map((part) => word(String(part))).join(" ");
}

/** The hooks of one file (or of `hooks` in a configuration), in order. */
export function toHooks(
  groups: Iterable<readonly [string, readonly HookGroup[]]>,
  source: Pick<Hook, "file" | "form" | "project" | "project_dir">,
  programsOf: (command: string) => Hook["programs"] = () => [],
): Hook[] {
  const hooks: Hook[] = [];
  for (const [event, list] of groups) {
    if (!isHookEvent(event)) continue;
    for (const { matcher, hooks: commands } of list) {
      for (const { command, timeout, async } of commands) {
        const usual = event === "SessionEnd" ? DEFAULT_END_SECONDS : DEFAULT_TIMEOUT_SECONDS;
        const timeout_ms = Math.round((timeout ?? usual) * 1000);
        hooks.push({ ...source, event, matcher, command, timeout_ms, awaited: !async, programs: programsOf(command) });
      }
    }
  }
  return hooks;
}

/** The hooks that run at an event. `subjects`: the tool's name and its other names, or what the event is about. */
export function hooksFor(hooks: readonly Hook[], event: HookEvent, subjects: readonly string[]): Hook[] {
  return hooks.filter((hook) => hook.event === event && matches(hook.matcher, subjects));
}

/** One sentence for each matcher that cannot be read (its hooks run at every subject of their event) or that nothing fits. */
export function oddMatchers(hooks: readonly Hook[]): ConfigError[] {
  const found = new Map<string, ConfigError>();
  for (const { event, matcher, file } of hooks) {
    const why = matcherProblem(matcher);
    const dead = why === null ? fitsNothing(matcher, event) : null;
    const said = `the matcher ${JSON.stringify(matcher)} of hooks.${event}`;
    const message =
      why !== null
        ? `${said} cannot be read: ${why}. Its programs run at every ${event}. Write names, joined by | or commas, or a regular expression.`
        : dead !== null && `${said} fits nothing that moat has, so that its programs never run: ${dead}.`;
    if (message !== false) found.set(`${file}\0${event}\0${matcher}`, fileError(file, message));
  }
  return [...found.values()];
}
