import { dirname } from "node:path";
import { once, sha256Of } from "../../base/index.ts";
import { readText } from "../files.ts";
import type { HookForm } from "../hooks/events.ts";
import type { HeldProgram } from "../hooks/held.ts";
import { parseHooks, toHooks } from "../hooks/hooks.ts";
import { hookFiles, type LinePlaces } from "../hooks/named-files.ts";
import { showKey } from "../key.ts";
import { type LayerContent, type LayerEntry, readLayer } from "../layer.ts";
import type { LoadInput } from "../load-input.ts";
import { fileError } from "../problem.ts";
import type { Project } from "../project.ts";
import { type Gathered, hookEntries, reportIssues } from "../read-layers.ts";
import type { Requirements } from "../requirements.ts";
import { type Config, leafAt } from "../schema/schema.ts";
import type { HookGroup } from "../schema/type-hooks.ts";
import { parseToml } from "../toml/toml.ts";
import { fingerprint } from "./fingerprint.ts";
import { findProjectFiles, type ProjectFile } from "./project-files.ts";
import { readServers } from "./servers-file.ts";
import { readTrust } from "./store.ts";
import { judgeProject, type NamedContent, type ProjectTrust, type Subject } from "./trust.ts";

/** A file of the project, read; nothing of it is in force yet. */
interface Read {
  file: ProjectFile;
  content: LayerContent;
  groups: [string, readonly HookGroup[]][];
  /** Parts of a hooks file that moat does not have. */
  notes: string[];
}

/**
 * Reads the files of the project and adds what may count: of a file whose content the user trusts everything that a project
 * may say, of any other file the harmless settings only. What is left out is said once per file.
 */
export async function loadProject(
  project: Project,
  own: Config,
  requirements: Requirements,
  input: LoadInput,
  gathered: Gathered,
): Promise<ProjectTrust> {
  const { root } = project;
  const store = readTrust(input.moat_home);
  if (store.problem !== null) gathered.warnings.push(store.problem);
  const { files, problems } = findProjectFiles(project, input);
  gathered.warnings.push(...problems);
  const read: Read[] = [];
  for (const file of files) {
    const one = await readFile(file, own, input, gathered);
    if (one !== null) read.push(one);
  }
  const places = { root, cwd: input.cwd, home: input.home, within: [root] };
  const subjects = read.map((one) => subjectOf(one, places));
  const trust = judgeProject(root, subjects, store, own.projects, input.trust);
  for (const one of read) await apply(one, places, trust, requirements, input, gathered);
  return trust;
}

async function readFile(file: ProjectFile, own: Config, input: LoadInput, gathered: Gathered): Promise<Read | null> {
  if (file.kind === "config") return readConfig(file, input, gathered);
  if (file.kind !== "mcp") return readHooks(file, gathered);
  const read = readServers(file.text, own, input.env);
  if (!read.ok) {
    gathered.warnings.push(fileError(file.path, read.message));
    return null;
  }
  const content = readLayer(read.table, { base: file.directory, home: input.home });
  return { file, content, groups: [], notes: read.notes };
}

async function readConfig(file: ProjectFile, input: LoadInput, gathered: Gathered): Promise<Read | null> {
  const parsed = await parseToml(file.text, file.path);
  if (!parsed.ok) {
    // The file of a stranger must not keep moat from starting.
    gathered.warnings.push(parsed.error);
    return null;
  }
  const content = readLayer(parsed.table, { base: dirname(file.path), home: input.home });
  return { file, content, groups: hookEntries(content), notes: [] };
}

function readHooks(file: ProjectFile, gathered: Gathered): Read | null {
  const parsed = parseHooks(file.text);
  if (parsed === null) {
    gathered.warnings.push(
      fileError(
        file.path,
        "this is not a hooks file that moat can read, so it is left out. Correct its JSON or remove it.",
      ),
    );
    return null;
  }
  return { file, content: { entries: [], issues: [] }, groups: [...parsed.groups], notes: parsed.notes };
}

/** What the user has to agree to: settings beyond the harmless ones, programs, and the files that those programs are. */
function subjectOf({ file, content, groups }: Read, places: LinePlaces): Subject {
  const settings = content.entries.filter((e) => e.keys[0] !== "hooks" && leafAt(e.keys)?.project === "trusted");
  const commands = groups.flatMap(([event, list]) =>
    list.flatMap((g) => g.hooks.map((h) => ({ event, command: h.command }))),
  );
  const words = settings.flatMap(({ keys, value }) => (isProgram(keys) ? [value].flat().map(String) : []));
  const lines = [...commands.map((c) => c.command), ...words.map((w) => JSON.stringify(w))];
  const asks = [...settings.map((e) => showKey(e.keys)), ...commands.map((c) => `hooks.${c.event}: ${c.command}`)];
  const { path, bytes } = file;
  // Programs once: what is judged and what is remembered as trusted is the same.
  return { path, sha256: sha256Of(bytes), read: () => bytes, asks, programs: once(() => readPrograms(lines, places)) };
}

function readPrograms(lines: readonly string[], places: LinePlaces): NamedContent[] {
  const paths = new Set(lines.flatMap((line) => hookFiles(line, places)).map(({ path }) => path));
  return [...paths].map((path) => {
    const found = fingerprint(path);
    const read = () => {
      const source = readText(path);
      return source.ok ? source.bytes : null;
    };
    return { path, sha256: found.ok ? found.sha256 : null, read };
  });
}

/** Settings whose words are started. */
function isProgram(keys: readonly string[]): boolean {
  const [first, , third] = keys;
  return first === "notify" || first === "approve_with" || third === "command" || third === "args" || third === "auth";
}

async function apply(
  { file, content, groups, notes }: Read,
  places: LinePlaces,
  trust: ProjectTrust,
  requirements: Requirements,
  input: LoadInput,
  gathered: Gathered,
): Promise<void> {
  const trusted = trust.trusted_files.has(file.path);
  const allowed = (entry: LayerEntry): boolean => {
    const rule = leafAt(entry.keys)?.project;
    return rule === "always" || (trusted && rule === "trusted");
  };
  const hooks_allowed = trusted && requirements.allow_project_hooks;
  const entries = content.entries.filter((e) => (e.keys[0] === "hooks" ? hooks_allowed : allowed(e)));
  if (entries.length > 0) gathered.layers.push({ origin: { layer: "project", file: file.path }, entries });
  if (file.kind === "mcp" && trusted) for (const note of notes) gathered.warnings.push(fileError(file.path, note));
  if (hooks_allowed && file.kind !== "mcp") {
    const form: HookForm = file.kind === "claude-settings" ? "claude" : "codex";
    const source = { file: file.path, form, project: true, project_dir: places.root };
    for (const note of notes) gathered.warnings.push(fileError(file.path, `${note}; that part is left out.`));
    gathered.hooks.push(...toHooks(groups, source, (command) => trustedPrograms(command, places, trust)));
  }
  reportUnused(file, content, groups, trusted, requirements, gathered);
  if (trusted) await reportIssues(content.issues, file.path, file.text, input.strict, gathered);
}

/** The files that a line names, with the content that is trusted; what has none makes the line not run. */
function trustedPrograms(command: string, places: LinePlaces, { programs }: ProjectTrust): HeldProgram[] {
  const trusted = new Map(programs.map(({ path, sha256 }) => [path, sha256]));
  return hookFiles(command, places).flatMap(({ path, instructions }) => {
    const sha256 = trusted.get(path) ?? null;
    return sha256 === null ? [] : [{ path, sha256, held: !instructions }];
  });
}

function reportUnused(
  file: ProjectFile,
  content: LayerContent,
  groups: Read["groups"],
  trusted: boolean,
  requirements: Requirements,
  gathered: Gathered,
): void {
  const keys = (rule: string): string[] =>
    content.entries
      .filter((e) => e.keys[0] !== "hooks" && leafAt(e.keys)?.project === rule)
      .map((e) => showKey(e.keys));
  const warn = (message: string): void => void gathered.warnings.push(fileError(file.path, message));
  const personal = keys("never");
  if (personal.length > 0)
    warn(
      `only you may set ${personal.join(", ")}, not a project, so that is left out. Put it into your own config.toml if you want it.`,
    );
  if (trusted) {
    if (groups.length > 0 && !requirements.allow_project_hooks) {
      warn(`hooks of projects are not run here: ${requirements.file} says allow_project_hooks = false.`);
    }
    return;
  }
  const unused = [...keys("trusted"), ...groups.map(([event]) => `hooks.${event}`)];
  if (unused.length === 0) return;
  warn(
    `this file is not trusted, so it is not used for ${unused.join(", ")}. \`moat config trust add\` shows and trusts it; --trust uses it this once.`,
  );
}
