import { dirname } from "node:path";
import { readText } from "../files.ts";
import { namedFiles, parseHooks, toHooks } from "../hooks/hooks.ts";
import { showKey } from "../key.ts";
import { type Entry, type LayerContent, readLayer } from "../layer.ts";
import type { LoadInput } from "../load-input.ts";
import { fileError } from "../problem.ts";
import type { Project } from "../project.ts";
import { type Gathered, hookEntries, reportIssues } from "../read-layers.ts";
import type { Requirements } from "../requirements.ts";
import { type Config, leafAt } from "../schema/schema.ts";
import type { HookGroup } from "../schema/type-hooks.ts";
import { parseToml } from "../toml/toml.ts";
import { findProjectFiles, type ProjectFile } from "./project-files.ts";
import { readTrust, sha256 } from "./store.ts";
import { judgeProject, type Program, type ProjectTrust, type Subject } from "./trust.ts";

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
  projects: Config["projects"],
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
    const one = file.kind === "config" ? await readConfig(file, input, gathered) : readHooks(file, gathered);
    if (one !== null) read.push(one);
  }
  const subjects = read.map((one) => subjectOf(one, root));
  const trust = judgeProject(root, subjects, store, projects, input.trust);
  for (const one of read) await apply(one, root, trust, requirements, input, gathered);
  return trust;
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
function subjectOf({ file, content, groups }: Read, root: string): Subject {
  const settings = content.entries.filter((e) => e.keys[0] !== "hooks" && leafAt(e.keys)?.project === "trusted");
  const commands = groups.flatMap(([event, list]) =>
    list.flatMap((g) => g.hooks.map((h) => ({ event, command: h.command }))),
  );
  const words = settings.flatMap(({ keys, value }) => (isProgram(keys) ? [value].flat().map(String) : []));
  const lines = [...commands.map((c) => c.command), ...words.map((w) => JSON.stringify(w))];
  const asks = [...settings.map((e) => showKey(e.keys)), ...commands.map((c) => `hooks.${c.event}: ${c.command}`)];
  return { path: file.path, text: file.text, asks, programs: once(() => readPrograms(lines, root)) };
}

function readPrograms(lines: readonly string[], root: string): Program[] {
  const paths = new Set(lines.flatMap((line) => namedFiles(line, root)));
  return [...paths].flatMap((path) => {
    const source = readText(path);
    return source.ok ? [{ path, text: source.text }] : [];
  });
}

/** Read once, so that what is judged and what is remembered as trusted are the same bytes. */
function once<T>(read: () => T): () => T {
  let result: { value: T } | null = null;
  return () => {
    result ??= { value: read() };
    return result.value;
  };
}

/** Settings whose words are started. */
function isProgram(keys: readonly string[]): boolean {
  const [first, , third] = keys;
  return first === "notify" || first === "approve_with" || third === "command" || third === "args" || third === "auth";
}

async function apply(
  { file, content, groups, notes }: Read,
  root: string,
  trust: ProjectTrust,
  requirements: Requirements,
  input: LoadInput,
  gathered: Gathered,
): Promise<void> {
  const trusted = trust.trusted_files.has(file.path);
  const allowed = (entry: Entry): boolean => {
    const rule = leafAt(entry.keys)?.project;
    return rule === "always" || (trusted && rule === "trusted");
  };
  const hooks_allowed = trusted && requirements.allow_project_hooks;
  const entries = content.entries.filter((e) => (e.keys[0] === "hooks" ? hooks_allowed : allowed(e)));
  if (entries.length > 0) gathered.layers.push({ origin: { layer: "project", file: file.path }, entries });
  if (hooks_allowed) {
    const programs = trust.programs.map(({ path, text }) => ({ path, sha256: sha256(text) }));
    for (const note of notes) gathered.warnings.push(fileError(file.path, `${note}; that part is left out.`));
    gathered.hooks.push(...toHooks(groups, { file: file.path, project: true, project_dir: root, programs }));
  }
  reportUnused(file, content, groups, trusted, requirements, gathered);
  if (trusted) await reportIssues(content.issues, file.path, file.text, input.strict, gathered);
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
