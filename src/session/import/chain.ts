/** A line of a session whose lines name the one that they follow. */
export interface ChainNode {
  id: string;
  parent: string | null;
  /** A person or the model speaks in it: a branch without any such line is none. */
  speaks: boolean;
  /** The way that goes on may end with it. */
  ends: boolean;
  /** What it is a piece of: pieces of one answer belong together, whatever branches off between them. */
  group: string | null;
  /** Calls that it makes, and calls that it answers, by their ids. */
  calls: readonly string[];
  answers: readonly string[];
}

/** The lines of one way through a session. */
export interface ChainBranch {
  members: ReadonlySet<string>;
  /** The first line that no earlier branch has. */
  first: string;
}

/** Branches of one session that become threads; each is a copy of what it has in common with the others. */
const MAX_BRANCHES = 64;

/** The way that ends with `leaf`, and then every other one that somebody spoke in, in the order of the file. */
export function branchesOf(nodes: readonly ChainNode[], leaf: string): { branches: ChainBranch[]; more: number } {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const inner = new Set(nodes.map(({ parent }) => parent));
  const covered = new Set<string>();
  const branches: ChainBranch[] = [];
  let more = 0;
  const ends = [leaf, ...nodes.filter(({ id }) => id !== leaf && !inner.has(id)).map(({ id }) => id)];
  for (const end of ends) {
    const way = wayTo(end, byId);
    const first = way.find((id) => !covered.has(id) && byId.get(id)?.speaks === true);
    if (first === undefined) continue;
    if (branches.length === MAX_BRANCHES) more++;
    else branches.push({ members: withPieces(nodes, way, byId), first });
    for (const id of branches.at(-1)?.members ?? []) covered.add(id);
    for (const id of way) covered.add(id);
  }
  return { branches, more };
}

/** From the root to a line. */
function wayTo(end: string, byId: ReadonlyMap<string, ChainNode>): string[] {
  const way = new Set<string>();
  for (let id: string | null = end; id !== null && byId.has(id) && !way.has(id); id = byId.get(id)?.parent ?? null)
    way.add(id);
  return [...way].reverse();
}

/** With what hangs beside the way: other pieces of its answers, and the results of its calls. */
function withPieces(
  nodes: readonly ChainNode[],
  way: readonly string[],
  byId: ReadonlyMap<string, ChainNode>,
): Set<string> {
  const members = new Set(way);
  const calls = new Set(way.flatMap((id) => byId.get(id)?.calls ?? []));
  for (const node of nodes) {
    if (members.has(node.id) || node.parent === null || !members.has(node.parent)) continue;
    const piece = node.group !== null && node.group === byId.get(node.parent)?.group;
    const result = node.answers.length > 0 && node.answers.every((id) => calls.has(id));
    if (!piece && !result) continue;
    members.add(node.id);
    for (const id of node.calls) calls.add(id);
  }
  return members;
}
