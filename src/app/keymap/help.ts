import type { KeyRow, Place } from "./table.ts";

/** Places in the order in which a person meets them, and what they are called. */
const PLACES: readonly [Place, string][] = [
  ["composer", "Writing"],
  ["anywhere", "Everywhere"],
  ["menu", "A menu below what is written"],
  ["picker", "A list to choose from"],
  ["question", "A question"],
  ["field", "A field of a question"],
  ["pager", "Reading (Ctrl-T, Ctrl-O)"],
];

/** `ctrl-a` as people write it: Ctrl-A. */
export function keyLabel(name: string): string {
  if (name.length === 1) return name;
  return name
    .split(/-(?=.)/)
    .map((part) => (part.length === 1 && !name.includes("-") ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join("-");
}

const keysOf = ({ keys }: KeyRow) => keys.map(keyLabel).join(", ");

/** Every key, by place, as lines. */
export function keyLines(rows: readonly KeyRow[]): string[] {
  const width = Math.max(...rows.map((row) => keysOf(row).length));
  return PLACES.flatMap(([place, title]) => [
    title,
    ...rows.filter(({ where }) => where === place).map((row) => `  ${keysOf(row).padEnd(width)}  ${row.what}`),
    "",
  ]);
}

/** The same as Markdown, with the names that `tui.keymap` takes. */
export function keyMarkdown(rows: readonly KeyRow[]): string {
  return PLACES.map(([place, title]) => {
    const lines = rows
      .filter(({ where }) => where === place)
      .map((row) => `| ${keysOf(row).replaceAll("|", "\\|")} | ${row.what} | \`${row.name}\` |`);
    return [`### ${title}`, "", "| keys | what | name |", "|---|---|---|", ...lines].join("\n");
  }).join("\n\n");
}
