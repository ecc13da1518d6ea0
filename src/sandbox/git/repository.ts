/** What a command has to do with repositories. */
export interface GitAccess {
  /** Those that it may write. */
  opened: GitLayout[];
  /** Of those, the ones whose config git writes anew without a change. */
  rewritten: GitLayout[];
  /** Those whose submodules must not come into being as something else than they are. */
  watched: GitLayout[];
  /** Git directories outside of work trees that a `.git` file may lead to. */
  git_dirs: string[];
  /** The `.git` of everything that was a submodule since the thread began, on whichever branch; it is added to. */
  linked: Set<string>;
}

/** A repository as it is found from one of its directories. All paths are absolute, with symlinks resolved. */
export interface GitLayout {
  /** `clone`: `.git` is a directory. The other two have a `.git` file that points elsewhere. */
  kind: "clone" | "worktree" | "submodule";
  work_tree: string;
  /** The `.git` directory or file inside the work tree. */
  dot_git: string;
  /** What belongs to this work tree alone: index, HEAD. */
  git_dir: string;
  /** What all work trees share: objects, refs, config, hooks. The same as `git_dir` in a clone. */
  common_dir: string;
  /**
   * The git directory names this work tree as its own. A `.git` file or link can point anywhere (an archive can bring one), so
   * nothing is made writable on its word alone.
   */
  confirmed: boolean;
}
