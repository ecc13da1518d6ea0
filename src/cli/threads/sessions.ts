import { type FoundSession, loadStore, type PeerName } from "../../session/index.ts";
import { loadDialogs } from "../../term/index.ts";
import type { Host } from "../contract.ts";
import { ago } from "./text.ts";

/** A session of another agent that may be imported. */
export interface Candidate extends FoundSession {
  from: PeerName;
}

/** Sessions whose beginnings are read for a choice: the newest. */
const OFFERED = 200;

/** Rows of the picker, as for threads. */
const ROWS = 10;

/** Sessions of these agents, the last used first. */
export async function candidates(peers: PeerName[], host: Host): Promise<Candidate[]> {
  const { PEERS } = await loadStore();
  const lists = await Promise.all(
    peers.map(async (from) => (await PEERS[from]()).find(host, null).map((one) => ({ ...one, from }))),
  );
  return lists.flat().sort((a, b) => b.updated - a.updated);
}

/** The session that was used last in this directory; of all where there is none of it. */
export async function lastSession(sessions: Candidate[], host: Host): Promise<Candidate> {
  for (const session of sessions.slice(0, OFFERED)) if ((await headFor(session)).cwd === host.cwd) return session;
  const [last] = sessions;
  if (!last) throw new Error("no session to choose from");
  const { cwd } = await headFor(last);
  host.stderr(
    `moat: no session was found of ${host.cwd}; this one is of ${cwd ?? "a directory that it does not name"}\n`,
  );
  return last;
}

/** Asks on the terminal; null: nothing was chosen. */
export async function pickSession(sessions: Candidate[], host: Host): Promise<Candidate | null> {
  const now = host.date();
  const offered = await Promise.all(
    sessions
      .slice(0, OFFERED)
      .map(async (session, index) => ({ session, index: String(index), head: await headFor(session) })),
  );
  const options = offered.map(({ session, index, head }) => ({
    value: index,
    label: head.title || "(nothing was said)",
    hint: [
      session.from,
      ago(new Date(session.updated).toISOString(), now),
      ...(head.cwd && head.cwd !== host.cwd ? [head.cwd] : []),
    ].join(", "),
  }));
  const more =
    sessions.length > offered.length ? ` (${sessions.length - offered.length} older ones are not shown)` : "";
  const { inDialog } = await loadDialogs();
  const chosen = await inDialog((dialog) => dialog.search({ message: `Which session?${more}`, options, rows: ROWS }), {
    output: process.stderr,
  });
  return offered.find(({ index }) => index === chosen)?.session ?? null;
}

/** How many of each agent there are, in words. */
export function foundText(sessions: Candidate[]): string {
  const counts = Map.groupBy(sessions, ({ from }) => from);
  return [...counts].map(([from, list]) => `${list.length} of ${from}`).join(", ");
}

async function headFor(session: Candidate) {
  const { PEERS } = await loadStore();
  try {
    return (await PEERS[session.from]()).head(session);
  } catch {
    // What cannot be read is offered all the same: importing it says why.
    return { cwd: null, title: "" };
  }
}
