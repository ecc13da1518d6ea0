import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../measure.ts";

const DOCS = join(root, "docs");
const PAGE = join(DOCS, "benchmarks.md");

/** Puts what was measured into its place on the page, between two comments that name it; what stands beside stays. */
export function writePart(name: string, markdown: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for ${name}`);
  writeFileSync(PAGE, `${page.slice(0, from)}${begin}\n\n${markdown.trim()}\n\n${page.slice(to)}`);
}

export function writePicture(name: string, svg: string): void {
  writeFileSync(join(DOCS, name), svg);
}

/** A table of Markdown; the first column is words, the others are numbers. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map(line).join("\n");
}

/** Three digits are what such a measurement is good for. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
