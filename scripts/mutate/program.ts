import { readFileSync } from "node:fs";
import { join } from "node:path";
import { API } from "typescript/unstable/async";
import { type Site, sitesOf } from "./sites.ts";

/**
 * What the type checker says of code that is merely no longer used. `noUnusedLocals` would stop such a mutant, but by luck
 * and not because anything was decided wrongly, so it has to be killed by a test.
 */
const UNUSED = new Set([6133, 6192, 6196, 6198, 6199, 7027]);

/** The tree as the TypeScript compiler sees it, and as it would see it with one place changed. */
export class Program {
  readonly #root: string;
  readonly #api: API;
  /** Files that are not as the disk has them, by absolute path. */
  readonly #changed = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
    this.#api = new API({ cwd: root, fs: { readFile: (path) => this.#changed.get(path) } });
  }

  /** Every site of a file. */
  async sites(file: string): Promise<Site[]> {
    const source = await (await this.#project([])).getSourceFile(join(this.#root, file));
    if (!source) throw new Error(`mutate: tsconfig.json does not include ${file}`);
    return sitesOf(file, source);
  }

  /** Whether the file still has its types with the change: what the compiler refuses needs no test. */
  async compiles(site: Site): Promise<boolean> {
    const path = join(this.#root, site.file);
    this.#changed.set(path, mutated(readFileSync(path, "utf8"), site));
    const program = await this.#project([path]);
    const found = [...(await program.getSyntacticDiagnostics(path)), ...(await program.getSemanticDiagnostics(path))];
    this.#changed.delete(path);
    await this.#project([path]);
    return found.every(({ code }) => UNUSED.has(code));
  }

  async #project(changed: string[]) {
    const snapshot = await this.#api.updateSnapshot({
      openProjects: [join(this.#root, "tsconfig.json")],
      fileChanges: { changed },
    });
    const project = snapshot.getProjects()[0];
    if (!project) throw new Error("mutate: tsconfig.json does not load");
    return project.program;
  }

  async close(): Promise<void> {
    await this.#api.close();
  }
}

/** The text with the site's change in it. */
export function mutated(text: string, { start, end, replacement }: Site): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}
