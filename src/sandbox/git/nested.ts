import { readdirSync } from "node:fs";
import { join } from "node:path";
import { realPath } from "../paths.ts";
import { noted } from "../witness.ts";
import { indexFacts } from "./index-file.ts";
import { readLayout } from "./layout.ts";
import type { GitLayout } from "./repository.ts";

/** Submodules in submodules: deeper nesting than this is not followed. */
const MAX_DEPTH = 4;

/** Where the index says that other repositories are: the paths of their work trees, as far as no link leads elsewhere. */
export function gitlinks({ git_dir, work_tree }: Pick<GitLayout, "git_dir" | "work_tree">): string[] {
  const named = indexFacts(git_dir)?.gitlinks ?? [];
  return named.map((name) => join(work_tree, name)).filter((path) => realPath(path) === path);
}

/** Submodules that are there: directories which the index names and which are not empty. */
export function submodulesOf(layout: GitLayout): string[] {
  return gitlinks(layout).filter((path) => entries(path).length > 0);
}

/** The repositories that lie in a work tree because its index names them, and those in them. */
export function nestedRepositories(layout: GitLayout, depth = MAX_DEPTH): GitLayout[] {
  if (depth === 0) return [];
  return gitlinks(layout).flatMap((path) => {
    const nested = readLayout(path);
    return nested === null ? [] : [nested, ...nestedRepositories(nested, depth - 1)];
  });
}

function entries(directory: string) {
  try {
    return readdirSync(noted(directory, true), { withFileTypes: true });
  } catch {
    return [];
  }
}
