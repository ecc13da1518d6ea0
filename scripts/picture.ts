// Draws docs/demo.svg from a real run of `moat demo` in a terminal: bun scripts/picture.ts
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const COLUMNS = 100;
/** Size of one cell in the picture, for a 13 px monospaced font. */
const [CELL_WIDTH, LINE_HEIGHT, MARGIN] = [7.8, 18, 16];

/** What the demo prints to a terminal. */
async function record(home: string): Promise<string> {
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  const child = Bun.spawn([join(root, "dist", "moat"), "demo"], {
    cwd: home,
    env: { HOME: home, PATH: "/usr/bin:/bin", TERM: "xterm-256color" },
    terminal: {
      cols: COLUMNS,
      rows: 50,
      data: (_terminal, data) => void chunks.push(decoder.decode(data, { stream: true })),
    },
  });
  if ((await child.exited) !== 0) throw new Error(`moat demo failed:\n${chunks.join("")}`);
  // The names of a temporary directory are nobody's business.
  return chunks
    .join("")
    .replaceAll(home, "~")
    .replace(/\/tmp\/moat-demo-\w+/g, "/tmp/demo")
    .replaceAll("\r", "");
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const COLOURS: Record<string, string> = { 1: "b", 2: "d", 31: "r", 32: "g", 33: "y", 36: "c" };

/** One line of SGR-coloured text as SVG spans. */
function spans(line: string): string {
  const marks: string[] = [];
  return line
    .split(/(\x1b\[\d+m)/)
    .map((part) => {
      const code = part.match(/^\x1b\[(\d+)m$/)?.[1];
      if (code === undefined)
        return part && (marks.length ? `<tspan class="${marks.join(" ")}">${escaped(part)}</tspan>` : escaped(part));
      const mark = COLOURS[code];
      if (mark) marks.push(mark);
      else marks.pop();
      return "";
    })
    .join("");
}

function draw(text: string): string {
  const lines = text
    .trimEnd()
    .split("\n")
    .flatMap((line) => Bun.wrapAnsi(line, COLUMNS, { hard: true, trim: false }).split("\n"));
  const [width, height] = [COLUMNS * CELL_WIDTH + 2 * MARGIN, lines.length * LINE_HEIGHT + 2 * MARGIN];
  const rows = lines.map(
    (line, index) =>
      `<text xml:space="preserve" x="${MARGIN}" y="${MARGIN + 13 + index * LINE_HEIGHT}">${spans(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="A session of moat demo">
<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #d6deeb; white-space: pre; }
.b { font-weight: bold; fill: #ffffff; } .d { fill: #8a97ad; } .r { fill: #ff7b72; } .g { fill: #7ee787; } .y { fill: #e3b341; } .c { fill: #79c0ff; }
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1420"/>
${rows.join("\n")}
</svg>
`;
}

const home = mkdtempSync(join(tmpdir(), "moat-picture-"));
await Bun.write(join(root, "docs", "demo.svg"), draw(await record(home)));
rmSync(home, { recursive: true, force: true });
console.log("wrote docs/demo.svg");
