import { type KeyPath, showKey } from "./key.ts";
import type { PlacedEntry } from "./merge.ts";
import { type ConfigError, fileError } from "./problem.ts";
import { childOf, SCHEMA } from "./schema/schema.ts";
import type { SchemaNode } from "./schema/type.ts";

/** Settings that nothing of moat looks at yet: one sentence for each file, and one for all flags. */
export function unusedSettings(settings: Iterable<PlacedEntry>): ConfigError[] {
  const found = new Map<string | null, Set<string>>();
  for (const { keys, origin } of settings) {
    const unused = origin.layer === "requirements" ? null : unusedPart(keys);
    if (unused === null) continue;
    const names = found.get(origin.file) ?? new Set();
    found.set(origin.file, names.add(showKey(unused)));
  }
  return [...found].map(([file, names]) => {
    const said = `${[...names].join(", ")} ${names.size === 1 ? "has" : "have"} no effect yet`;
    return fileError(file, `${said}: moat reads and checks ${names.size === 1 ? "it" : "them"}, and nothing more.`);
  });
}

/** The part of a key that says what is without effect: the key, or the name in a table of names (`mcp_servers.docs`). */
function unusedPart(keys: KeyPath): KeyPath | null {
  let node: SchemaNode | undefined = SCHEMA;
  for (const [index, key] of keys.entries()) {
    node = childOf(node, key);
    if (node === undefined) return null;
    if (!node.used) return node.node === "named" ? keys.slice(0, index + 2) : keys;
  }
  return null;
}
