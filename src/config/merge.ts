import { showKey } from "./key.ts";
import type { LayerEntry } from "./layer.ts";
import type { LayerName } from "./problem.ts";
import { type Config, SCHEMA } from "./schema/schema.ts";
import type { SchemaNode } from "./schema/type.ts";

/** Which layer a value comes from; `file` is absolute, null for flags, variables and defaults. */
export interface Origin {
  layer: LayerName;
  file: string | null;
}

/** Dotted key → origin, for every key that a layer set. What is not in it has its default. */
export type Origins = ReadonlyMap<string, Origin>;

export interface Layer {
  origin: Origin;
  entries: readonly LayerEntry[];
}

/** A setting together with where it comes from. */
export interface PlacedEntry extends LayerEntry {
  origin: Origin;
}

/**
 * Puts layers over each other, weakest first: a value replaces the one below it, tables are merged key by key. The lists
 * under `hooks`, and of hidden paths, are joined instead, so that no layer can take away what a stronger hand had put there.
 */
export function mergeLayers(layers: readonly Layer[]): Map<string, PlacedEntry> {
  const merged = new Map<string, PlacedEntry>();
  for (const { origin, entries } of layers) {
    for (const entry of entries) {
      const key = showKey(entry.keys);
      const below = isJoined(key) ? merged.get(key) : undefined;
      const value = below === undefined ? entry.value : [...(below.value as unknown[]), ...(entry.value as unknown[])];
      merged.delete(key);
      merged.set(key, { keys: entry.keys, value, origin });
    }
  }
  return merged;
}

/** Lists of which each file names some more. */
const JOINED = new Set(["sandbox_workspace_write.hidden_paths", "sandbox_workspace_write.network_hosts"]);

function isJoined(key: string): boolean {
  return key.startsWith("hooks.") || JOINED.has(key);
}

/** The full configuration: what was set, and the default of everything else. Deeply frozen. */
export function buildConfig(entries: Iterable<LayerEntry>): Config {
  return buildTable(SCHEMA, entries) as Config;
}

/** The same for any schema. */
export function buildTable(schema: SchemaNode, entries: Iterable<LayerEntry>): unknown {
  const tree: Tree = new Map();
  for (const { keys, value } of entries) plant(tree, keys, value);
  return fill(schema, tree);
}

type Tree = Map<string, unknown>;

function plant(tree: Tree, keys: readonly string[], value: unknown): void {
  let table = tree;
  for (const key of keys.slice(0, -1)) {
    const next = table.get(key);
    const child: Tree = next instanceof Map ? next : new Map();
    table.set(key, child);
    table = child;
  }
  table.set(keys.at(-1) ?? "", value);
}

function fill(node: SchemaNode, value: unknown): unknown {
  if (node.node === "leaf") return freeze(value ?? node.fallback);
  const tree: Tree = value instanceof Map ? value : new Map();
  // Without a prototype: a server may be called "constructor".
  const table = Object.create(null) as Record<string, unknown>;
  const names = node.node === "section" ? Object.keys(node.keys) : tree.keys();
  for (const name of names) {
    const child = node.node === "section" ? node.keys[name] : node.each;
    if (child !== undefined) table[name] = fill(child, tree.get(name));
  }
  return Object.freeze(table);
}

function freeze(value: unknown): unknown {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  }
  return value;
}
