import { join } from "node:path";
import { isWithin } from "../../base/index.ts";
import { lstatOf, realPath } from "../paths.ts";
import { indexFacts } from "./index-file.ts";
import { findGit, moduleDirectories, moduleLayouts, readLayout, worktreeFiles } from "./layout.ts";
import { nestedRepositories } from "./nested.ts";
import type { GitLayout } from "./repository.ts";

/**
 * The repositories of a thread, as they were when it began. What a command makes of them later (a link in the place of a `.git`,
 * a `.git` file that leads elsewhere) opens nothing.
 */
export class KnownRepositories {
  readonly #looked = new Set<string>();
  readonly #layouts = new Map<string, GitLayout>();
  readonly #modules = new Set<string>();
  /** The `.git` of everything that was a submodule since the thread began: it stays one when another branch is checked out. */
  readonly linked = new Set<string>();

  /** Looks, once, at the repository that a directory belongs to, at its worktrees and at those inside it. */
  learn(directory: string): void {
    if (this.#looked.has(directory)) return;
    const real = realPath(directory);
    if (real === null || this.#looked.has(real)) return;
    this.#looked.add(real);
    const layout = findGit(real);
    if (layout === null) return;
    for (const one of [layout, ...nestedRepositories(layout), ...worktrees(layout)]) this.#add(one);
  }

  #add(layout: GitLayout): void {
    if (this.#layouts.has(layout.dot_git)) return;
    this.#layouts.set(layout.dot_git, layout);
    for (const git_dir of moduleDirectories(layout.common_dir)) this.#modules.add(git_dir);
    for (const git_dir of moduleDirectories(layout.git_dir)) this.#modules.add(git_dir);
  }

  /** All of them. */
  get layouts(): GitLayout[] {
    return [...this.#layouts.values()];
  }

  /** Git directories that lie outside of work trees: a `.git` file may lead there. */
  get git_dirs(): string[] {
    return [...this.#modules, ...this.layouts.map(({ git_dir }) => git_dir)];
  }

  /**
   * The repository that git finds from a directory, when a plain git command may write it: one of these, unchanged, or one that
   * lies in a writable directory. Never through a link, and never one whose index cannot be read or is crafted already.
   */
  openable(directory: string, writable: readonly string[]): GitLayout | null {
    const real = realPath(directory);
    const layout = real === null ? null : findGit(real);
    if (layout === null || !layout.confirmed) return null;
    const known = this.#layouts.get(layout.dot_git);
    const same = known !== undefined && known.git_dir === layout.git_dir && known.common_dir === layout.common_dir;
    if (!same && (known !== undefined || !this.#belongs(layout, writable))) return null;
    return isSound(layout) ? layout : null;
  }

  /** The submodules of the repository that git finds from a directory, as far as they were there when it was looked at. */
  submodules(directory: string, writable: readonly string[]): GitLayout[] {
    const above = this.openable(directory, writable);
    const layouts = above === null ? [] : moduleLayouts(above.git_dir);
    return layouts.filter((layout) => this.#modules.has(layout.git_dir) && isSound(layout));
  }

  /** A new `.git` directory, or a `.git` file that leads to a submodule or worktree of a repository that is known. */
  #belongs({ kind, git_dir, common_dir }: GitLayout, writable: readonly string[]): boolean {
    if (kind === "clone") return writable.some((root) => isWithin(git_dir, root));
    if (kind === "submodule") return this.#modules.has(git_dir);
    return this.layouts.some((layout) => layout.common_dir === common_dir);
  }
}

function worktrees({ common_dir }: GitLayout): GitLayout[] {
  return worktreeFiles(common_dir).flatMap((dot_git) => readLayout(join(dot_git, "..")) ?? []);
}

function isSound({ git_dir }: GitLayout): boolean {
  if (lstatOf(join(git_dir, "index")) === null) return true;
  const facts = indexFacts(git_dir);
  return facts !== null && facts.odd.length === 0;
}
