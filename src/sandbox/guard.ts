// What the kernel cannot close, closed afterwards: protected places are compared when every process of the command is dead,
// what changed is put back, and what appeared is moved away.

import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { isBeneath, isWithin } from "../base/index.ts";
import type { GuardFinding } from "./contract.ts";
import { isPersonal, isRepository, type Stranger, strangers } from "./git/born.ts";
import { presence } from "./launch/stand-in.ts";
import { Quarantine } from "./quarantine.ts";
import {
  type CopyCache,
  isOnlyWatched,
  MAX_COPIED_BYTES,
  MAX_NODES,
  type Snapshot,
  type SnapshotNode,
  take,
} from "./snapshot.ts";

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
   * @param closes_existing what exists is closed by the kernel, also what has come into being since `places` were named
   */
  watch(places: string[], roots: string[], closes_existing = false): () => Promise<GuardFinding[]> {
    const before: Snapshot = new Map();
    const open = new Set(roots);
    const look = { cache: this.#cache, into: before, room: { bytes: MAX_COPIED_BYTES, nodes: MAX_NODES }, open };
    const watched: { place: string; above: string[] }[] = [];
    for (const place of places) {
      if (closes_existing && presence(place) === "something") continue;
      const above = between(place, roots);
      for (const path of above) if (!before.has(path)) before.set(path, directoryOrAbsent(path));
      if (closes_existing) before.set(place, { kind: "absent" });
      else take(place, look);
      watched.push({ place, above });
    }
    const unfinished = new Set(watched.filter(({ place }) => isUnfinished(place, before)).map(({ place }) => place));
    return async () => {
      const repair = new Repair(before, { unfinished, open }, new Quarantine(this.#quarantine));
      for (const { place, above } of watched) await repair.place(place, above);
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
function directoryOrAbsent(path: string): SnapshotNode {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return { kind: "absent" };
  return stat.isDirectory()
    ? { kind: "directory", id: "", mode: stat.mode & 0o7777, entries: [], git: false, watched: false }
    : { kind: "other", id: "" };
}

class Repair {
  readonly findings: GuardFinding[] = [];
  readonly #before: Snapshot;
  readonly #unfinished: ReadonlySet<string>;
  readonly #open: ReadonlySet<string>;
  readonly #quarantine: Quarantine;

  /** `unfinished`: repositories that somebody was making; `open`: directories that may be written within a place. */
  constructor(
    before: Snapshot,
    { unfinished, open }: { unfinished: ReadonlySet<string>; open: ReadonlySet<string> },
    quarantine: Quarantine,
  ) {
    this.#before = before;
    this.#unfinished = unfinished;
    this.#open = open;
    this.#quarantine = quarantine;
  }

  async place(place: string, above: string[]): Promise<void> {
    const { kind } = this.#before.get(place) ?? { kind: "absent" };
    for (const path of above) this.#clearWay(path, kind === "absent");
    if (kind === "absent" && presence(place) === "nothing") return;
    const may_be_born = kind === "absent" || this.#unfinished.has(place);
    const now = may_be_born && basename(place) === ".git" ? await this.#whenMade(place) : this.#look(place);
    const born = may_be_born ? bornAt(place) : null;
    if (born === null) this.#compare(place, now);
    else for (const stranger of born) this.#judge(stranger);
  }

  #look(place: string): Snapshot {
    const now: Snapshot = new Map();
    take(place, { cache: new Map(), into: now, room: { bytes: 0, nodes: 0 }, open: this.#open, before: this.#before });
    return now;
  }

  /**
   * Another command, or the user, may be making a repository at this moment: half of it would look like something else. What has
   * not changed since the command started, or no longer changes, is nobody's work. Gives the look that this was decided by: what
   * comes after it is not the command's, which has ended.
   */
  async #whenMade(dot_git: string): Promise<Snapshot> {
    let seen = idsOf(new Map([...this.#before].filter(([path]) => isWithin(path, dot_git))));
    let changed = performance.now();
    const end = changed + BIRTH_MS;
    let now = this.#look(dot_git);
    if (idsOf(now) === seen) return now;
    while (!isRepository(dot_git) && performance.now() < Math.min(end, changed + QUIET_MS)) {
      await Bun.sleep(10);
      now = this.#look(dot_git);
      const ids = idsOf(now);
      if (ids !== seen) changed = performance.now();
      seen = ids;
    }
    return now;
  }

  /** What was there before somebody made a repository of it is only held to what it was. */
  #judge(stranger: Stranger): void {
    const before = this.#before.get(stranger.path);
    if (before === undefined || before.kind === "absent") this.#replace(stranger);
    else this.#compare(stranger.path, this.#look(stranger.path));
  }

  /** A symlink on the way would lead the repair, and later the user's programs, somewhere else. */
  #clearWay(path: string, to_nothing: boolean): void {
    const before = this.#before.get(path);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return;
    if (stat) this.#moveAway(path);
    if (before?.kind === "directory" && !to_nothing) mkdirSync(path, { mode: before.mode });
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
    before: Extract<SnapshotNode, { kind: "directory" }>,
    after: Extract<SnapshotNode, { kind: "directory" }>,
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
    else this.#moveAway(path);
  }

  #moveAway(path: string): void {
    try {
      const kept_at = this.#quarantine.take(path);
      if (kept_at !== null) this.findings.push({ path, action: "quarantined", kept_at });
    } catch {
      this.findings.push({ path, action: "reported", kept_at: null });
    }
  }

  #replace({ path, text }: Stranger): void {
    if (text === null) {
      this.#moveAway(path);
      return;
    }
    const mode = (lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0o644) & 0o666;
    const kept_at = this.#quarantine.take(path);
    if (kept_at === null) return;
    writeNew(path, Buffer.from(text), mode);
    this.findings.push({ path, action: "restored", kept_at });
  }

  #changed(path: string, before: Exclude<SnapshotNode, { kind: "absent" }>, after: SnapshotNode): void {
    const restorable = before.kind !== "other" && !before.watched && !(before.kind === "file" && before.bytes === null);
    if (!restorable) {
      this.findings.push({ path, action: "reported", kept_at: null });
      return;
    }
    const kept_at = after.kind === "absent" ? null : this.#quarantine.take(path);
    this.#putBack(path, before);
    this.findings.push({ path, action: "restored", kept_at });
  }

  #putBack(path: string, node: SnapshotNode): void {
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
}

/** How long `git init` may take on a machine that is busy, and between two of its steps; it begins with the directory. In ms. */
const BIRTH_MS = 5000;
const QUIET_MS = 1000;

/** The same text as long as nothing changes. */
function idsOf(snapshot: Snapshot): string {
  return [...snapshot].map(([path, node]) => `${path} ${node.kind === "absent" ? "" : node.id}`).join("\n");
}

/** What has to go from what came into being at a place; null: all of it, or nothing was born there. */
function bornAt(place: string): Stranger[] | null {
  if (basename(place) === ".gitconfig") return isPersonal(place) ? [] : null;
  return basename(place) === ".git" ? strangers(place) : null;
}

/** Somebody had begun to make a repository when the command started. By now it may be whole, so only what was seen then counts. */
function isUnfinished(place: string, before: Snapshot): boolean {
  const node = before.get(place);
  if (basename(place) !== ".git" || node?.kind !== "directory") return false;
  return !node.git || !node.entries.includes("refs");
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
