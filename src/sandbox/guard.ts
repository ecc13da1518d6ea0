// What the kernel cannot close, closed afterwards: protected places are compared when every process of the command is dead,
// what changed is put back, and what appeared is moved away.

import {
  chmodSync,
  closeSync,
  constants,
  cpSync,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { isBeneath } from "../base/index.ts";
import type { GuardFinding } from "./contract.ts";
import { type CopyCache, isOnlyWatched, MAX_COPIED_BYTES, type Node, type Snapshot, take } from "./snapshot.ts";

/** Guards the protected places of one command at a time; keeps copies for the next one. */
export class Guard {
  readonly #cache: CopyCache = new Map();
  readonly #quarantine: string;

  /** @param quarantine directory out of the commands' reach, made when it is needed */
  constructor(quarantine: string) {
    this.#quarantine = quarantine;
  }

  /**
   * Looks at `places`, each beneath one of `roots`, before a command starts. The function that it gives compares and repairs,
   * once everything of the command has ended, and says what it found.
   */
  watch(places: string[], roots: string[]): () => GuardFinding[] {
    const before: Snapshot = new Map();
    const open = new Set(roots);
    const look = { cache: this.#cache, into: before, room: { bytes: MAX_COPIED_BYTES }, open };
    for (const place of places) {
      for (const above of between(place, roots)) if (!before.has(above)) before.set(above, directoryOrAbsent(above));
      take(place, look);
    }
    return () => {
      const repair = new Repair(before, open, this.#quarantine);
      for (const place of places) repair.place(place, between(place, roots));
      return repair.findings;
    };
  }
}

/** Directories between the outermost root that holds `place` and `place` itself, outer ones first. */
function between(place: string, roots: string[]): string[] {
  const [root] = roots.filter((root) => isBeneath(place, root)).sort((a, b) => a.length - b.length);
  if (root === undefined) return [];
  const names = relative(root, dirname(place)).split(sep).filter(Boolean);
  return names.map((_, index) => join(root, ...names.slice(0, index + 1)));
}

/** A directory on the way to a place: only that it is one matters. */
function directoryOrAbsent(path: string): Node {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return { kind: "absent" };
  return stat.isDirectory()
    ? { kind: "directory", id: "", mode: stat.mode & 0o7777, entries: [], git: false, watched: false }
    : { kind: "other", id: "" };
}

class Repair {
  readonly findings: GuardFinding[] = [];
  readonly #before: Snapshot;
  readonly #open: ReadonlySet<string>;
  readonly #quarantine: string;

  constructor(before: Snapshot, open: ReadonlySet<string>, quarantine: string) {
    this.#before = before;
    this.#open = open;
    this.#quarantine = quarantine;
  }

  place(place: string, above: string[]): void {
    for (const path of above) this.#clearWay(path);
    const now: Snapshot = new Map();
    take(place, { cache: new Map(), into: now, room: { bytes: 0 }, open: this.#open, before: this.#before });
    this.#compare(place, now);
  }

  /** A symlink on the way would lead the repair, and later the user's programs, somewhere else. */
  #clearWay(path: string): void {
    const before = this.#before.get(path);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return;
    if (stat) this.findings.push({ path, action: "quarantined", kept_at: this.#moveAway(path) });
    if (before?.kind === "directory") mkdirSync(path, { mode: before.mode });
  }

  #compare(path: string, now: Snapshot): void {
    const before = this.#before.get(path) ?? { kind: "absent" as const };
    const after = now.get(path) ?? { kind: "absent" as const };
    if (before.kind === "directory" && after.kind === "directory") {
      this.#compareEntries(path, before, after, now);
    } else if (before.kind === "absent") {
      if (after.kind !== "absent") this.#appeared(path);
    } else if (after.kind === "absent" || before.kind !== after.kind || before.id !== after.id) {
      this.#changed(path, before, after);
    }
  }

  #compareEntries(
    path: string,
    before: Extract<Node, { kind: "directory" }>,
    after: Extract<Node, { kind: "directory" }>,
    now: Snapshot,
  ): void {
    if (before.mode !== after.mode && !before.watched) {
      chmodSync(path, before.mode);
      this.findings.push({ path, action: "restored", kept_at: null });
    }
    for (const name of new Set([...before.entries, ...after.entries])) this.#compare(join(path, name), now);
  }

  #appeared(path: string): void {
    const parent = this.#before.get(dirname(path));
    const watched = parent?.kind === "directory" && (parent.watched || (parent.git && isOnlyWatched(basename(path))));
    if (watched) this.findings.push({ path, action: "reported", kept_at: null });
    else this.findings.push({ path, action: "quarantined", kept_at: this.#moveAway(path) });
  }

  #changed(path: string, before: Exclude<Node, { kind: "absent" }>, after: Node): void {
    const restorable = before.kind !== "other" && !before.watched && !(before.kind === "file" && before.bytes === null);
    if (!restorable) {
      this.findings.push({ path, action: "reported", kept_at: null });
      return;
    }
    const kept_at = after.kind === "absent" ? null : this.#moveAway(path);
    this.#putBack(path, before);
    this.findings.push({ path, action: "restored", kept_at });
  }

  #putBack(path: string, node: Node): void {
    if (node.kind === "symlink") symlinkSync(node.target, path);
    if (node.kind === "file" && node.bytes) writeNew(path, node.bytes, node.mode);
    if (node.kind !== "directory") return;
    mkdirSync(path);
    for (const name of node.entries) {
      const entry = this.#before.get(join(path, name));
      if (entry) this.#putBack(join(path, name), entry);
    }
    chmodSync(path, node.mode);
  }

  #moveAway(path: string): string {
    return moveAway(path, this.#quarantine);
  }
}

/** Moves what is there to the quarantine and gives its new path. */
export function moveAway(path: string, quarantine: string): string {
  const directory = join(quarantine, Bun.randomUUIDv7());
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const target = join(directory, basename(path));
  try {
    renameSync(path, target);
  } catch {
    // Another file system.
    cpSync(path, target, { recursive: true, verbatimSymlinks: true });
    rmSync(path, { recursive: true, force: true });
  }
  return target;
}

/** Never through anything that is there. */
export function writeNew(path: string, bytes: Uint8Array, mode: number): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}
