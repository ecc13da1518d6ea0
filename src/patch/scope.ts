import { lstatSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isWithin, namesGitDirectory } from "../base/index.ts";
import type { PatchScope } from "./contract.ts";
import { errorCode } from "./io.ts";

/** Where a path of a patch leads. */
export interface PathTarget {
  /** Absolute, every symlink resolved: what is read and written. */
  path: string;
  /** When the last part is a symlink: its own absolute path, which is what a removal removes. */
  link: string | null;
}

/** Resolves the paths of a patch and refuses what lies outside the roots or in a protected place. */
export class ScopeGuard {
  readonly #scope: PatchScope;
  readonly #roots: string[];
  readonly #protected: string[];

  constructor(scope: PatchScope) {
    this.#scope = scope;
    this.#roots = scope.roots.map(resolveAsFarAsPossible);
    this.#protected = scope.protected.flatMap((path) => [resolve(path), resolveAsFarAsPossible(path)]);
  }

  /** `gone`: a symlink that the patch has removed already; the path stands for itself then. */
  target(
    shown: string,
    gone: (link: string) => boolean,
  ): { ok: true; target: PathTarget } | { ok: false; reason: string } {
    const target = leadsTo(shown, this.#scope.cwd, gone);
    if ("reason" in target) return { ok: false, reason: target.reason };
    const refusal = this.#refusal(shown, target.link ?? target.path) ?? this.#refusal(shown, target.path);
    return refusal === null ? { ok: true, target } : { ok: false, reason: refusal };
  }

  #refusal(shown: string, path: string): string | null {
    const place = path === resolve(this.#scope.cwd, shown) ? shown : `${shown} (${path})`;
    if (!this.#roots.some((root) => isWithin(path, root))) {
      return `${place} is outside the directories that may be changed: ${this.#scope.roots.join(", ") || "none"}.`;
    }
    const guard = this.#protected.find((root) => isWithin(path, root));
    if (guard !== undefined) return `${place} is protected: nothing in ${guard} may be changed by a patch.`;
    return this.#scope.git_closed && namesGitDirectory(path)
      ? `${place} belongs to git: what lies in a .git names programs that git runs, so no patch may change it.`
      : null;
  }
}

/** Where a path of a patch leads, whatever may be changed there. `gone` as above. */
export function leadsTo(
  shown: string,
  cwd: string,
  gone: (link: string) => boolean = () => false,
): PathTarget | { reason: string } {
  const absolute = resolve(cwd, shown);
  const parent = realDirectory(dirname(absolute));
  if ("reason" in parent) return { reason: `${shown}: ${parent.reason}` };
  const entry = join(parent.path, basename(absolute));
  const target = gone(entry) ? { path: entry, link: null } : followLast(entry);
  return "reason" in target ? { reason: `${shown} ${target.reason}` } : target;
}

function followLast(entry: string): PathTarget | { reason: string } {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(entry, { throwIfNoEntry: false });
  } catch (error) {
    return { reason: `cannot be examined: ${message(error)}` };
  }
  if (!stats?.isSymbolicLink()) return { path: entry, link: null };
  try {
    return { path: realpathSync(entry), link: entry };
  } catch {
    return { reason: "is a symlink that leads nowhere; delete it or patch its target." };
  }
}

/** A directory with symlinks resolved; what does not exist yet is kept as written. */
function realDirectory(path: string): { path: string } | { reason: string } {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      const real = realpathSync(at);
      if (!lstatSync(real).isDirectory()) return { reason: `${at} is not a directory.` };
      return { path: join(real, ...missing) };
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOTDIR") {
        missing.unshift(basename(at));
        continue;
      }
      if (code !== "ENOENT") return { reason: `${at} cannot be examined: ${message(error)}` };
      if (isDanglingLink(at)) return { reason: `${at} is a symlink that leads nowhere.` };
      missing.unshift(basename(at));
    }
    if (at === dirname(at)) return { path: join(at, ...missing) };
  }
}

function isDanglingLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function resolveAsFarAsPossible(path: string): string {
  const real = realDirectory(resolve(path));
  return "path" in real ? real.path : resolve(path);
}

function message(error: unknown): string {
  if (errorCode(error) === "ELOOP") return "its links lead in a circle.";
  return error instanceof Error ? error.message : String(error);
}
