import { join } from "node:path";
import { readText } from "../files.ts";
import type { ConfigError } from "../problem.ts";
import type { Project } from "../project.ts";

/** A file of a project that says something to moat. It is data until its content is trusted. */
export interface ProjectFile {
  path: string;
  /** Directory that holds `.moat` (or `.codex`, `.claude`): the base of relative paths. */
  directory: string;
  kind: "config" | "hooks" | "claude-settings" | "mcp";
  text: string;
  bytes: Uint8Array;
}

/** Names below each directory of the project, weakest first; `.codex` and `.claude` are read and never written. */
const EVERYWHERE = [
  [".codex", "config.toml", "config"],
  [".moat", "config.toml", "config"],
  [".codex", "hooks.json", "hooks"],
  [".moat", "hooks.json", "hooks"],
] as const;
const AT_ROOT = [
  [".claude", "settings.json", "claude-settings"],
  [".claude", "settings.local.json", "claude-settings"],
  [".mcp.json", "", "mcp"],
] as const;

/** Directories of the user that look like a project's when the project is the home directory: their files are not a project's. */
export interface NotProjects {
  moat_home: string;
  home: string;
}

/** The files of a project that hold for its working directory, from the root down, weakest first. */
export function findProjectFiles(
  project: Project,
  { moat_home, home }: NotProjects,
): { files: ProjectFile[]; problems: ConfigError[] } {
  const own = new Set([moat_home, join(home, ".moat"), join(home, ".codex"), join(home, ".claude")]);
  const files: ProjectFile[] = [];
  const problems: ConfigError[] = [];
  for (const { path: directory, has } of project.directories) {
    const names = directory === project.root ? [...EVERYWHERE, ...AT_ROOT] : EVERYWHERE;
    for (const [folder, name, kind] of names) {
      if (!has(folder) || own.has(join(directory, folder))) continue;
      const path = join(directory, folder, name);
      const source = readText(path);
      if (source.ok) files.push({ path, directory, kind, text: source.text, bytes: source.bytes });
      else if (!source.absent) problems.push(source.error);
    }
  }
  return { files, problems };
}
