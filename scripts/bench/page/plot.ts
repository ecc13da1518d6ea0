// Small pictures of what was measured. Every colour holds on a light page and on a dark one.

/** Something that is drawn: its name, and its values in the order of the columns. */
export interface Series {
  name: string;
  values: readonly number[];
}

/** One diagram of several. */
export interface Diagram {
  title: string;
  unit: string;
  series: readonly Series[];
  /** What stands below each value. */
  columns: readonly string[];
}

/** Okabe and Ito's colours without their black: told apart by people who see few colours, readable on black and on white. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a8a8a"];

/** Of one diagram in px. */
const [WIDTH, HEIGHT, GAP] = [330, 200, 24];
const [LEFT, TOP, RIGHT, BOTTOM] = [44, 34, 12, 24];
const PER_ROW = 2;

const px = (value: number) => String(Number(value.toFixed(1)));
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const colour = (index: number) => COLOURS[index % COLOURS.length] ?? "#8a8a8a";
const short = (value: number) => String(Number(value.toPrecision(2)));

/** A grey between: a picture in a page does not know whether the page is dark. */
const STYLE =
  "text{font:11px system-ui,sans-serif;fill:#7a818b} .t{font-weight:600;font-size:12px} .a{stroke:#7a818b;stroke-width:.5;stroke-opacity:.6;fill:none}";

function sheet(name: string, diagrams: readonly string[], legend: readonly string[]): string {
  const rows = Math.ceil(diagrams.length / PER_ROW);
  const width = PER_ROW * WIDTH + GAP;
  const height = rows * (HEIGHT + GAP) + 22;
  let x = 8;
  const words = legend.map((word, index) => {
    const at = x;
    // A letter of this font takes 6 px, more or less.
    x += 26 + word.length * 6.2;
    return `<rect x="${px(at)}" y="6" width="10" height="10" fill="${colour(index)}"/><text x="${px(at + 14)}" y="15">${escaped(word)}</text>`;
  });
  const placed = diagrams.map((diagram, index) => {
    const [column, row] = [index % PER_ROW, Math.floor(index / PER_ROW)];
    return `<g transform="translate(${column * (WIDTH + GAP)} ${22 + row * (HEIGHT + GAP)})">\n${diagram}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(name)}">
<style>${STYLE}</style>
${words.join("\n")}
${placed.join("\n")}
</svg>
`;
}

/** Powers of ten (and their halves and fifths, where there are few) between two values. */
function ticks(low: number, high: number): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const part of high / low > 500 ? [1] : [1, 2, 5]) found.push(part * 10 ** power);
  return found.filter((value) => value >= low * 0.999 && value <= high * 1.001);
}

/** Both scales are logarithmic: what is linear goes up as the dotted lines do, what is flat stays. */
function frame({ title, unit }: Diagram, low: number, high: number): { parts: string[]; y(value: number): number } {
  const y = (value: number) => {
    const part = Math.log(value / low) / Math.log(high / low);
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
  };
  const parts = [`<text class="t" x="0" y="14">${escaped(title)}</text><text x="0" y="27">${escaped(unit)}</text>`];
  for (const tick of ticks(low, high))
    parts.push(
      `<line class="a" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(y(tick))}" y2="${px(y(tick))}"/><text x="${LEFT - 4}" y="${px(y(tick) + 4)}" text-anchor="end">${short(tick)}</text>`,
    );
  return { parts, y };
}

const drawable = (value: number) => Number.isFinite(value) && value > 0;

/** Bars from the least to the greatest, one a series, on a logarithmic scale. */
function bars(diagram: Diagram): string {
  const shown = diagram.series.map(({ values: [value = Number.NaN] }) => value);
  const known = shown.filter(drawable);
  const [low, high] = [Math.min(...known) / 2, Math.max(...known) * 1.3];
  const { parts, y } = frame(diagram, low, high);
  const step = (WIDTH - LEFT - RIGHT) / shown.length;
  for (const [index, value] of shown.entries()) {
    const x = LEFT + index * step + step * 0.15;
    const top = drawable(value) ? y(value) : HEIGHT - BOTTOM;
    parts.push(
      `<rect x="${px(x)}" y="${px(top)}" width="${px(step * 0.7)}" height="${px(HEIGHT - BOTTOM - top)}" fill="${colour(index)}"/><text x="${px(x + step * 0.35)}" y="${px(top - 3)}" text-anchor="middle">${drawable(value) ? short(value) : "–"}</text>`,
    );
  }
  return parts.join("\n");
}

/** Lines through what was measured, one a series. */
function lines(diagram: Diagram, sizes: readonly number[]): string {
  const known = diagram.series.flatMap(({ values }) => values).filter(drawable);
  const { parts, y } = frame(diagram, Math.min(...known) / 1.5, Math.max(...known) * 1.5);
  const [from = 1, to = 1] = [sizes[0], sizes.at(-1)];
  const x = (size: number) => LEFT + 14 + (Math.log(size / from) / Math.log(to / from)) * (WIDTH - LEFT - RIGHT - 28);
  for (const [index, size] of sizes.entries())
    parts.push(
      `<text x="${px(x(size))}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(diagram.columns[index] ?? "")}</text>`,
    );
  for (const [index, { name, values }] of diagram.series.entries()) {
    const points = values.flatMap((value, at) => (drawable(value) ? [`${px(x(sizes[at] ?? 1))},${px(y(value))}`] : []));
    const stroke = colour(index);
    // What grows, grows to the right: there is room on the left.
    const row = TOP + 12 + 14 * index;
    parts.push(
      `<rect x="${LEFT + 6}" y="${row - 9}" width="10" height="10" fill="${stroke}"/><text x="${LEFT + 20}" y="${row}">${escaped(name)}</text>`,
    );
    parts.push(`<polyline points="${points.join(" ")}" fill="none" stroke="${stroke}" stroke-width="2"/>`);
    for (const point of points) {
      const [cx, cy] = point.split(",");
      parts.push(`<circle cx="${cx}" cy="${cy}" r="2.5" fill="${stroke}"/>`);
    }
  }
  return parts.join("\n");
}

/** A sheet of bars; each series is in all diagrams. */
export function barSheet(name: string, diagrams: readonly Diagram[]): string {
  return sheet(name, diagrams.map(bars), diagrams[0]?.series.map((series) => series.name) ?? []);
}

/** A sheet of curves over sizes; series have names of their own in every diagram. */
export function curveSheet(name: string, diagrams: readonly (Diagram & { sizes: readonly number[] })[]): string {
  return sheet(
    name,
    diagrams.map((diagram) => lines(diagram, diagram.sizes)),
    [],
  );
}
