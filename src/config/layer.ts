import { nearest } from "../base/index.ts";
import { type KeyPath, parseKey, showKey } from "./key.ts";
import { answerFor } from "./schema/old-keys.ts";
import { childOf, leafAt, SCHEMA } from "./schema/schema.ts";
import { isTable, type Leaf, type ReadContext, type SchemaNode } from "./schema/type.ts";
import { isSecret, masked } from "./secrets.ts";

/** One setting of a layer, read and normalised. */
export interface LayerEntry {
  keys: KeyPath;
  value: unknown;
}

/** What is wrong with one key of a layer. `unknown` and `old` leave the layer usable; `wrong` does not. */
export interface KeyIssue {
  kind: "unknown" | "old" | "wrong";
  keys: KeyPath;
  message: string;
  expected: string | null;
  nearest: string | null;
}

export interface LayerContent {
  entries: LayerEntry[];
  issues: KeyIssue[];
}

/** Reads a table (from TOML, JSON, YAML or flags) against the schema, or another one. Pure. */
export function readLayer(
  table: Record<string, unknown>,
  context: ReadContext,
  schema: SchemaNode = SCHEMA,
): LayerContent {
  const content: LayerContent = { entries: [], issues: [] };
  walk(schema, table, [], "", context, content);
  return content;
}

function walk(
  node: SchemaNode,
  table: Record<string, unknown>,
  above: KeyPath,
  pattern: string,
  context: ReadContext,
  content: LayerContent,
): void {
  for (const key of Object.keys(table)) {
    const value = table[key];
    const keys = [...above, key];
    const child = childOf(node, key);
    const name = `${pattern}${node.node === "named" ? "*" : key}`;
    if (child === undefined) strange(node, keys, name, value, context, content);
    else if (child.node === "leaf") readLeaf(child, keys, value, context, content);
    else if (isTable(value)) walk(child, value, keys, `${name}.`, context, content);
    else content.issues.push(wrong(keys, value, "a table", null));
  }
}

function readLeaf(leaf: Leaf<unknown>, keys: KeyPath, raw: unknown, context: ReadContext, content: LayerContent): void {
  const value = leaf.type.read(raw, context);
  if (value !== undefined) {
    content.entries.push({ keys, value });
    return;
  }
  const choices = (leaf.type.json as { enum?: string[] }).enum ?? [];
  content.issues.push(wrong(keys, raw, leaf.type.expected, typeof raw === "string" ? nearest(raw, choices) : null));
}

/** A key that the schema does not have: an old one is answered, any other gets the known key that is nearest. */
function strange(
  node: SchemaNode,
  keys: KeyPath,
  pattern: string,
  value: unknown,
  context: ReadContext,
  content: LayerContent,
): void {
  const shown = showKey(keys);
  const answer = answerFor(pattern);
  if (answer !== undefined && "gone" in answer) {
    const message = `"${shown}" has no effect: ${answer.gone}.`;
    content.issues.push({ kind: "old", keys, message, expected: null, nearest: null });
    return;
  }
  if (answer !== undefined) {
    const message = `"${shown}" is an old name and is read as "${answer.moved}". Rename it.`;
    content.issues.push({ kind: "old", keys, message, expected: null, nearest: answer.moved });
    const moved = parseKey(answer.moved) ?? [];
    const leaf = leafAt(moved);
    if (leaf !== undefined) readLeaf(leaf, moved, value, context, content);
    return;
  }
  const near = nearestKey(node, keys);
  const next =
    near === null ? "Remove it, or see `moat config list` for the keys there are." : `Did you mean "${near}"?`;
  const message = `unknown key "${shown}": moat has no such setting, so it is ignored. ${next}`;
  content.issues.push({ kind: "unknown", keys, message, expected: null, nearest: near });
}

/** A sibling that is spelled alike, else a key of exactly this name that lives elsewhere. */
function nearestKey(node: SchemaNode, keys: KeyPath): string | null {
  const last = keys.at(-1) ?? "";
  const siblings = node.node === "section" ? Object.keys(node.keys) : [];
  const near = nearest(last, siblings);
  if (near !== null) return showKey([...keys.slice(0, -1), near]);
  const elsewhere = findByName(SCHEMA, last, []);
  return elsewhere === null ? null : showKey(elsewhere);
}

function findByName(node: SchemaNode, name: string, above: KeyPath): KeyPath | null {
  if (node.node === "leaf") return null;
  if (node.node === "named") return findByName(node.each, name, [...above, "NAME"]);
  if (Object.hasOwn(node.keys, name)) return [...above, name];
  for (const [key, child] of Object.entries(node.keys)) {
    const found = findByName(child, name, [...above, key]);
    if (found !== null) return found;
  }
  return null;
}

function wrong(keys: KeyPath, value: unknown, expected: string, near: string | null): KeyIssue {
  const hint = near === null ? "" : ` Did you mean "${near}"?`;
  const shown = isSecret(showKey(keys)) ? "something else" : describe(value);
  const message = `"${showKey(keys)}" is ${shown}, but it must be ${expected}.${hint}`;
  return { kind: "wrong", keys, message, expected, nearest: near };
}

/** A value in a message: short, on one line, and never the text of a secret's neighbour (40 characters at most). */
function describe(value: unknown): string {
  if (value instanceof Date) return "a date";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list that does not fit";
  if (isTable(value)) return "a table";
  const shown = JSON.stringify(typeof value === "string" ? masked(value) : value) ?? String(value);
  return shown.length > 40 ? `${shown.slice(0, 39)}…` : shown;
}
