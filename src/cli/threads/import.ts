import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import { FAILED, nearest, readNamed, signalExit, USAGE } from "../../base/index.ts";
import {
  type ForeignFile,
  type FoundSession,
  type ImportResult,
  loadStore,
  type PeerName,
} from "../../session/index.ts";
import { PassingLine, safe } from "../../term/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { type Candidate, candidates, foundText, lastSession, pickSession } from "./sessions.ts";
import { flagValue, printJson } from "./text.ts";

/** Largest file that is imported from what says no size. */
const MAX_BYTES = 512 * 1024 * 1024;

/** What is imported, or why nothing is. */
type Chosen = { ok: true; sessions: Candidate[] } | { ok: false; message: string; exit: number };

/** `threads import`: sessions of other agents, found where those keep them, or named. */
export const importThreads: CommandRun = async ({ args, flags, host }) => {
  const { PEERS } = await loadStore();
  const names = Object.keys(PEERS) as PeerName[];
  const from = flagValue(flags.from);
  const peer = names.find((name) => name === from) ?? null;
  if (from !== null && peer === null) {
    const near = nearest(from, names);
    return fail(host, `--from ${from}: ${near ? `did you mean ${near}? ` : ""}There are ${names.join(", ")}`, USAGE);
  }
  const [last, all] = [flags.last === true, flags.all === true];
  if (last && all) return fail(host, "--last and --all: use one of the two", USAGE);
  if (args.length > 0 && (last || all))
    return fail(host, `--${last ? "last" : "all"} chooses among the sessions that are found: name no file`, USAGE);
  const chosen = args.length > 0 ? await named(args, peer, host) : await found(peer ? [peer] : names, last, all, host);
  if (!chosen.ok) return fail(host, chosen.message, chosen.exit);
  return importAll(chosen.sessions, flags.json === true, host);
};

/** What stands at a path; null: nothing, or it cannot be looked at. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** The files that a person named, and those in the directories. */
async function named(paths: string[], peer: PeerName | null, host: Host): Promise<Chosen> {
  const { PEERS } = await loadStore();
  const { files, find } = await PEERS[peer ?? "codex"]();
  const sessions: Candidate[] = [];
  for (const path of paths) {
    const at = resolve(host.cwd, path);
    const stat = statOf(at);
    if (!stat) return { ok: false, message: `${path}: there is no such file or directory`, exit: FAILED };
    const from = peer ?? (stat.isDirectory() ? "codex" : await ownerOf(at));
    const below: FoundSession[] = stat.isDirectory() ? find(host, at) : [{ file: at, key: null, updated: 0 }];
    if (below.length === 0) return { ok: false, message: `${path}: no ${files.many} in there`, exit: FAILED };
    sessions.push(...below.map((one) => ({ ...one, key: null, from })));
  }
  return { ok: true, sessions: byFile(sessions) };
}

/** Whose a file is, by its beginning; of what says nothing, or can be read once only, it is taken for one of Codex. */
async function ownerOf(file: string): Promise<PeerName> {
  const { ForeignFile, recognize } = await loadStore();
  try {
    return (statOf(file)?.isFile() ? await recognize(new ForeignFile(file)) : null) ?? "codex";
  } catch {
    return "codex";
  }
}

/** Of what the agents keep: all, the last, or what a person chooses. */
async function found(peers: PeerName[], last: boolean, all: boolean, host: Host): Promise<Chosen> {
  const sessions = await candidates(peers, host);
  if (sessions.length === 0) {
    const whose = peers.length === 1 ? `of ${peers[0]} ` : "";
    return {
      ok: false,
      message: `no sessions ${whose}were found; name a file: threads import --from AGENT FILE`,
      exit: FAILED,
    };
  }
  if (all) return { ok: true, sessions: byFile(sessions.map((one) => ({ ...one, key: null })).toReversed()) };
  if (last) return { ok: true, sessions: [await lastSession(sessions, host)] };
  if (!host.stdin_is_tty || !host.stderr_is_tty) {
    const message = `say which: a FILE, --last or --all; there are ${foundText(sessions)}`;
    return { ok: false, message, exit: USAGE };
  }
  const picked = await pickSession(sessions, host);
  return picked ? { ok: true, sessions: [picked] } : { ok: false, message: "nothing was chosen", exit: FAILED };
}

/** A file that holds several sessions is gone through once. */
function byFile(sessions: Candidate[]): Candidate[] {
  return [...new Map(sessions.map((one) => [`${one.from} ${one.file}`, one])).values()];
}

async function importAll(sessions: Candidate[], json: boolean, host: Host): Promise<number> {
  const { openImporter } = await loadStore();
  const { moat_home, version: moat_version, cwd, date } = host;
  using importer = openImporter({ moat_home, moat_version, cwd, date });
  const results: ImportResult[] = [];
  const progress = json ? null : progressLine(() => results.length, sessions.length, host);
  progress?.start();
  for (const { from, file, key } of sessions) {
    // A signal is noticed between two files.
    await Bun.sleep(0);
    if (host.signal.aborted) break;
    const source = await sourceOf(file, host);
    const taken: ImportResult[] =
      "ok" in source
        ? [{ ok: false, from, file, reason: "unreadable", message: source.why }]
        : await importer.take(from, source, key);
    results.push(...taken);
    if (json) continue;
    progress?.erase();
    for (const result of taken) host.stdout(importLine(result));
  }
  progress?.stop();
  if (json) printJson(host, results);
  else if (results.length > 1) host.stdout(`${countText(results)}\n`);
  if (host.signal.aborted) return signalExit(host.signal.reason) ?? FAILED;
  const fine = new Set(["exists", "empty"]);
  return results.some((result) => !result.ok && !fine.has(result.reason)) ? FAILED : 0;
}

/** A file is read in pieces; what is none, and was named, is read once. */
async function sourceOf(file: string, host: Host): Promise<ForeignFile | { ok: false; why: string }> {
  const { ForeignFile } = await loadStore();
  if (statOf(file)?.isFile()) return new ForeignFile(file);
  const read = await readNamed(file, MAX_BYTES, host.signal);
  return read.ok ? new ForeignFile(file, read.bytes) : read;
}

function progressLine(done: () => number, total: number, host: Host): PassingLine | null {
  if (!host.stderr_is_tty || total < 2) return null;
  const text = () => safe`importing: ${String(done())} of ${String(total)}`;
  return new PassingLine({ control: host.controlError, columns: () => process.stderr.columns ?? 80, text });
}

function importLine(result: ImportResult): string {
  if (!result.ok) {
    const known = result.reason === "exists" || result.reason === "empty";
    return `${result.file}: ${known ? "" : "not imported: "}${result.message}\n`;
  }
  const { thread_id, turns, skipped, warnings, forked_from } = result;
  const left = Object.entries(skipped).map(([kind, count]) => `${count} × ${kind}`);
  const notes = [...warnings, ...(left.length > 0 ? [`left out, of no use here: ${left.join(", ")}`] : [])];
  const branch = forked_from === null ? "" : `, a branch of ${forked_from}`;
  return `${thread_id} imported, ${turns} ${turns === 1 ? "turn" : "turns"}${branch}\n${notes.map((note) => `  ${note}\n`).join("")}`;
}

function countText(results: ImportResult[]): string {
  const counts = Map.groupBy(results, (result) => (result.ok ? "imported" : (KNOWN[result.reason] ?? "not imported")));
  return [...counts].map(([what, list]) => `${list.length} ${what}`).join(", ");
}

const KNOWN: Record<string, string> = { exists: "there already", empty: "empty" };
