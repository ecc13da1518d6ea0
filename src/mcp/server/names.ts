/** Characters that names of tools may have, and how many, on every wire. */
const MAX_NAME = 64;
const FOREIGN = /[^A-Za-z0-9_-]/g;
/** Hexadecimal digits that tell names apart which would be the same. */
const MARK = 8;

/** A name as every provider takes it. */
export const plainName = (name: string): string => name.replace(FOREIGN, "_");

/** The name under which a model calls a tool of a server: the form that the peers use. */
export function flatName(server: string, tool: string): string {
  const name = `mcp__${plainName(server)}__${plainName(tool)}`;
  return name.length <= MAX_NAME ? name : marked(name, server, tool);
}

/** The same for a name that another tool has already. */
export function marked(name: string, server: string, tool: string): string {
  const mark = new Bun.CryptoHasher("sha256").update(`${server}\0${tool}`).digest("hex").slice(0, MARK);
  return `${name.slice(0, MAX_NAME - MARK - 1)}_${mark}`;
}
