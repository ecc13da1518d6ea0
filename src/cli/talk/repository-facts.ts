import type { StartFacts } from "../../view/index.ts";
import type { Flags, Host } from "../contract.ts";
import type { OwnGit } from "../patch/git-run.ts";
import { findRepository } from "../patch/repository.ts";

/** What the app asks git about the directory, by moat's own git; opened with the first question. */
export class RepositoryFacts {
  readonly #host: Host;
  readonly #flags: Flags;
  #git: Promise<OwnGit | null> | null = null;

  constructor(host: Host, flags: Flags) {
    this.#host = host;
    this.#flags = flags;
  }

  /** The branch and how many files differ from it; null: there is no repository, or no git. */
  async branch(cwd: string): Promise<StartFacts["branch"]> {
    // Looking into a submodule would take its own settings, and run the filters that they name.
    const look = ["status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--ignore-submodules=dirty"];
    const text = await this.#output(look, cwd);
    if (text === null) return null;
    const lines = text.split("\n");
    const head = lines.find((line) => line.startsWith("# branch.head "))?.slice("# branch.head ".length);
    const changed = lines.filter((line) => line !== "" && !line.startsWith("#")).length;
    return head === undefined ? null : { name: head === "(detached)" ? "detached" : head, changed };
  }

  /** Every file that is not ignored, each ended by NUL; null: as above. */
  files(cwd: string, signal: AbortSignal): Promise<string | null> {
    return this.#output(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd, signal);
  }

  async #output(args: string[], cwd: string, signal = this.#host.signal): Promise<string | null> {
    if (findRepository(cwd) === null) return null;
    this.#git ??= this.#open(cwd);
    const git = await this.#git;
    const result = await git?.output(args, cwd, undefined, signal);
    return result?.ok ? result.text : null;
  }

  async #open(cwd: string): Promise<OwnGit | null> {
    const { openGit } = await import("../patch/git-run.ts");
    const opened = await openGit(this.#host, this.#flags, cwd);
    return opened.ok ? opened.git : null;
  }
}
