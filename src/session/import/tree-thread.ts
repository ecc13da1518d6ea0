import { branchesOf, type ChainNode } from "./chain.ts";
import type { ImportRecord, ImportTask, SourceThread } from "./contract.ts";
import type { Foreign } from "./foreign.ts";
import type { ForeignFile } from "./foreign-file.ts";
import { Losses } from "./losses.ts";
import type { Teller } from "./teller.ts";

/** Takes the lines of one way through a session, in order, and tells what they mean. */
export interface LineTeller {
  readonly teller: Teller;
  take(line: Foreign): void;
}

/** A session whose lines name the one that they follow, so that it may branch. */
export interface TreeSession {
  thread_id: string;
  started: string;
  cwd: string;
  forked_from: string | null;
  /** What a line is in the tree; null: it stands beside it. */
  node(line: Foreign): ChainNode | null;
  /** What a line is called where it is left out. */
  kind(line: Foreign): string;
  reader(losses: Losses): LineTeller;
}

/** The way that ends with what was said last, and every other one as a fork of it. Its lines are gone through once more for each. */
export function treeThreads(file: ForeignFile, session: TreeSession, { losses }: ImportTask): SourceThread[] {
  const nodes: ChainNode[] = [];
  for (const line of file.lines()) {
    const node = session.node(line);
    if (node) nodes.push(node);
    else losses.skip(session.kind(line));
  }
  file.tell(losses);
  const last = nodes.findLast(({ ends }) => ends);
  if (!last) return [];
  const { branches, more } = branchesOf(nodes, last.id);
  if (more > 0) losses.warn(`${more} more branches are left out`);
  const { thread_id, started, cwd } = session;
  return branches.map(({ members, first }, index) => ({
    thread_id: index === 0 ? thread_id : derivedId(`${thread_id}:${first}`),
    started,
    cwd,
    forked_from: index === 0 ? session.forked_from : thread_id,
    records: recordsOf(file, session, members, index === 0 ? losses : new Losses()),
  }));
}

function* recordsOf(
  file: ForeignFile,
  session: TreeSession,
  members: ReadonlySet<string>,
  losses: Losses,
): Generator<ImportRecord> {
  const reader = session.reader(losses);
  for (const line of file.lines()) {
    const node = session.node(line);
    if (!node || !members.has(node.id)) continue;
    reader.take(line);
    yield* reader.teller.told();
  }
  yield* reader.teller.ended();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The id of a session as that of a thread: its own where it is a UUID, else one that is always the same for it. */
export function threadIdFor(peer: string, id: string): string {
  const own = id.toLowerCase();
  return UUID.test(own) ? own : derivedId(`${peer}:${id}`);
}

/** A UUID that is made from a name (RFC 9562, version 8), so that importing again finds the same thread. */
function derivedId(name: string): string {
  const hex = new Bun.CryptoHasher("sha256").update(name).digest("hex");
  const [a, b, c, d, e] = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return [a, b, c, d, e].join("-");
}
