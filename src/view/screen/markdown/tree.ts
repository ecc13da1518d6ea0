/** An element of Markdown. Texts that stand beside each other are one. */
export interface Element {
  type: string;
  props: Readonly<Record<string, unknown>>;
  children: readonly Node[];
}
export type Node = string | Element;

/** Elements in elements that are told apart; what lies deeper is text. Nobody writes more, and a stack has an end. */
const DEPTH = 16;

/** Markdown as elements: CommonMark with tables, task lists and strikethrough. Line ends within a paragraph stay. */
export function parse(markdown: string): readonly Node[] {
  const root: unknown = Bun.markdown.react(markdown, {}, { autolinks: { url: true } });
  return childrenOf(propsOf(root), 0);
}

function propsOf(value: unknown): Record<string, unknown> {
  const props = typeof value === "object" && value !== null && "props" in value ? value.props : null;
  return typeof props === "object" && props !== null ? { ...props } : {};
}

function listOf(props: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(props.children) ? props.children : [];
}

function childrenOf(props: Readonly<Record<string, unknown>>, depth: number): Node[] {
  const nodes: Node[] = [];
  let text: string[] = [];
  for (const child of listOf(props)) {
    if (typeof child === "string") {
      text.push(child);
      continue;
    }
    if (text.length > 0) nodes.push(text.join(""));
    text = [];
    nodes.push(nodeOf(child, depth));
  }
  if (text.length > 0) nodes.push(text.join(""));
  return nodes;
}

function nodeOf(value: unknown, depth: number): Node {
  if (depth >= DEPTH) return textOf(value);
  const { children, ...props } = propsOf(value);
  const type = typeof value === "object" && value !== null && "type" in value ? String(value.type) : "";
  return { type, props, children: childrenOf({ children }, depth + 1) };
}

/** All text within, however deep it lies. */
function textOf(root: unknown): string {
  const texts: string[] = [];
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "string") texts.push(value);
    else open.push(...[...listOf(propsOf(value))].reverse());
  }
  return texts.join("");
}

/** The text of nodes without what marks it. */
export function plainText(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : plainText(node.children))).join("");
}

/** A property that is a text; empty when it is none. */
export function textProp({ props }: Element, name: string): string {
  const value = props[name];
  return typeof value === "string" ? value : "";
}
