import { existsSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { textOf } from "../base/index.ts";
import { readText } from "./files.ts";
import { findProject, type Project } from "./project.ts";
import type { Config } from "./schema/schema.ts";

/** Names that are looked for in every directory, strongest first; the configured fallbacks come after them. */
const NAMES = ["AGENTS.override.md", "AGENTS.md"] as const;

export interface InstructionsInput {
  /** Absolute, as are all paths here. */
  cwd: string;
  moat_home: string;
  config: Pick<Config, "project_doc_max_bytes" | "project_doc_fallback_filenames" | "project_root_markers">;
  /** The folder is trusted: its files may be links that lead out of it. */
  trusted: boolean;
  /** One more file that the user named (`--project-doc`), read already, or why it could not be; it comes last. */
  extra: Document | null;
  /** As `loadConfig` found it; looked for again when left out. */
  project?: Project;
}

/** A file of instructions that was read elsewhere. */
export type Document = { file: string } & ({ text: string } | { problem: string });

/** One file of instructions, as the model gets it. */
export interface InstructionPart {
  file: string;
  scope: "global" | "project";
  /** What is sent: a project's file as it is, cut where the budget ended; the global one without white space around it. */
  text: string;
  /** UTF-8 bytes of `text`. */
  bytes: number;
  /** UTF-8 bytes of the file that the model does not get. */
  dropped: number;
}

export interface Instructions {
  project_root: string;
  /** In the order in which the model gets them: global, then from the root of the project down to `cwd`. */
  parts: InstructionPart[];
  /** What the user should know: files that were cut, left out or unreadable. */
  warnings: string[];
}

/**
 * Finds the AGENTS.md files that hold for a directory: the global one, then one per directory from the root of the project
 * down (`AGENTS.override.md`, else `AGENTS.md`, else the first fallback name). Of a project's directory the first that is there
 * counts: one without text switches the others off. Files of the project share a budget of `project_doc_max_bytes`: the one that
 * passes it is cut, later ones are left out. Nothing in a file is followed or run: an `@import` stays the text it is.
 */
export function discoverInstructions(input: InstructionsInput): Instructions {
  const { root: project_root, directories } =
    input.project ?? findProject(input.cwd, input.config.project_root_markers);
  const found: Instructions = { project_root, parts: [], warnings: [] };
  const budget = { left: input.config.project_doc_max_bytes };
  const global = pick(input.moat_home, NAMES, found, { fence: null, blank: "next" });
  if (global !== null) add({ ...global, text: global.text.trim() }, "global", null, found);
  if (budget.left > 0) {
    const fence = input.trusted ? null : project_root;
    const names = [...NAMES, ...input.config.project_doc_fallback_filenames];
    for (const { path, has } of directories) {
      const file = pick(path, names.filter(has), found, { fence, blank: "off" });
      if (file !== null) add(file, "project", budget, found);
    }
  }
  if (input.extra !== null) addExtra(input.extra, budget, found);
  return found;
}

/** The text of the user message that carries the instructions; null when there are none. */
export function renderInstructions(instructions: Instructions, cwd: string): string | null {
  const join_parts = (scope: InstructionPart["scope"]): string =>
    instructions.parts
      .filter((part) => part.scope === scope)
      .map((part) => part.text)
      .join("\n\n");
  const body = [join_parts("global"), join_parts("project")]
    .filter((text) => text !== "")
    .join("\n\n--- project-doc ---\n\n");
  const project = instructions.parts.some(({ scope }) => scope === "project");
  return body === ""
    ? null
    : `# AGENTS.md instructions${project ? ` for ${cwd}` : ""}\n\n<INSTRUCTIONS>\n${body}\n</INSTRUCTIONS>`;
}

interface Source {
  file: string;
  text: string;
}

/** How a directory is looked through. `fence`: links may not lead out of it. `blank`: a file without text is passed by, or ends it. */
interface Looking {
  fence: string | null;
  blank: "next" | "off";
}

/** The first of `names` in a directory that can be read and has text. */
function pick(
  directory: string,
  names: readonly string[],
  found: Instructions,
  { fence, blank }: Looking,
): Source | null {
  for (const name of names) {
    const file = join(directory, name);
    let source = readText(file, fence === null ? "follow" : "no-links");
    if (!source.ok && source.link && fence !== null && !leadsOut(file, fence)) source = readText(file);
    if (!source.ok && source.link) {
      found.warnings.push(
        `${file} was left out of the instructions: it is a link to a file outside of ${fence}, and this folder is not trusted. Trust the folder (\`moat config trust add\`) or put a real file in its place.`,
      );
      continue;
    }
    if (!source.ok) {
      if (!source.absent) found.warnings.push(`${file} was left out of the instructions: ${source.error.message}`);
      continue;
    }
    const text = textOf(source.bytes);
    if (text.trim() !== "") return { file, text };
    if (blank === "off") return null;
  }
  return null;
}

function addExtra(document: Document, budget: { left: number }, found: Instructions): void {
  const { file } = document;
  if ("text" in document) add({ file, text: document.text }, "project", budget, found);
  else
    found.warnings.push(
      `${file} was left out of the instructions: ${document.problem}. It was named with --project-doc.`,
    );
}

function add(
  { file, text }: Source,
  scope: InstructionPart["scope"],
  budget: { left: number } | null,
  found: Instructions,
): void {
  const size = Buffer.byteLength(text);
  const kept = budget === null || size <= budget.left ? text : cut(text, budget.left);
  const bytes = kept === text ? size : Buffer.byteLength(kept);
  if (budget !== null) budget.left = kept === text ? budget.left - size : 0;
  // A line end that is lost is no loss.
  if (bytes < size && text.slice(kept.length).trim() !== "") {
    const what = bytes === 0 ? "was left out" : `was cut to its first ${bytes} of ${size} bytes`;
    found.warnings.push(
      `${file} ${what}: the instructions of this project are over project_doc_max_bytes. Shorten them or raise that setting.`,
    );
  }
  if (bytes > 0) found.parts.push({ file, scope, text: kept, bytes, dropped: size - bytes });
}

/** The longest start of at most `bytes` UTF-8 bytes that does not split a character. */
function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  let end = bytes;
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  return encoded.toString("utf8", 0, end);
}

/** A link that leads nowhere does not lead out: it is absent. */
function leadsOut(file: string, fence: string): boolean {
  if (!existsSync(file)) return false;
  const inside = relative(realpathSync(fence), realpathSync(file));
  return inside === ".." || inside.startsWith(`..${sep}`);
}
