import { basename } from "node:path";
import { fieldLine, frontMatter } from "./front-matter.ts";
import { entriesIn, firstOfName, type LibraryPlaces, libraryDirectories, libraryText } from "./places.ts";

/** A kind of agent that a file defines, in the forms of Claude Code and opencode. */
export interface AgentDefinition {
  name: string;
  /** One line: what it is for. */
  description: string;
  /** What it is told beside its task. */
  instructions: string;
  /** Name of its model; null: that of its parent. */
  model: string | null;
  /** It is offered no tool that changes something: its sandbox is read-only. */
  read_only: boolean;
}

const DESCRIPTION = 300;
const MOST_AGENTS = 50;
/** Names for "as the parent", and short names that only Claude Code resolves. */
const NO_MODEL = /^(?:inherit|default|sonnet|opus|haiku)$/i;
const WRITES = /^(?:bash|edit|multiedit|write|notebookedit|patch|apply_patch|shell|exec_command)\b/i;

/** The agents of the user and of a trusted project. */
export function discoverAgents(places: LibraryPlaces): AgentDefinition[] {
  const user = [".claude/agents", ".config/opencode/agent", ".config/opencode/agents"];
  const shared = [".claude/agents", ".opencode/agent", ".opencode/agents", ".moat/agents"];
  const found = libraryDirectories(places, "agents", user, shared).flatMap((directory) =>
    entriesIn(directory).flatMap((name): AgentDefinition[] => {
      const text = name.endsWith(".md") ? libraryText(directory, name) : null;
      return text === null ? [] : definitionOf(basename(name, ".md"), text);
    }),
  );
  return firstOfName(found).slice(0, MOST_AGENTS);
}

function definitionOf(file: string, text: string): AgentDefinition[] {
  const { fields, body } = frontMatter(text);
  const description = fieldLine(fields.description, DESCRIPTION);
  // One that opencode starts as the main agent is none that others start.
  if (description === null || fields.mode === "primary" || fields.disable === true) return [];
  const model = fieldLine(fields.model, 200);
  const name = fieldLine(fields.name, 64) ?? file;
  const own = model === null || NO_MODEL.test(model) ? null : model;
  return [{ name, description, instructions: body, model: own, read_only: onlyReads(fields) }];
}

/** Claude Code lists the tools that there are, opencode switches some off or denies them. */
function onlyReads({ tools, permission }: Record<string, unknown>): boolean {
  if (typeof tools === "string" || Array.isArray(tools)) {
    const names = typeof tools === "string" ? tools.split(",") : tools.map(String);
    return !names.some((name) => WRITES.test(name.trim()) || name.trim() === "*");
  }
  const off = (table: unknown, name: string, no: unknown) =>
    typeof table === "object" && table !== null && (table as Record<string, unknown>)[name] === no;
  return off(tools, "write", false) || off(tools, "edit", false) || off(permission, "edit", "deny");
}
