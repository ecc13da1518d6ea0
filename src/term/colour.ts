/** Steps of the 6 × 6 × 6 cube of xterm's 256 colours, which begins at 16, and the first of its 24 greys. */
const STEPS: readonly number[] = [0, 95, 135, 175, 215, 255];
const GREYS = 232;

type Rgb = readonly [number, number, number];

/** SGR parameters of a foreground, #rrggbb, or of what comes nearest to it among 256. */
export function colourCode(rgb: string, colours: "truecolour" | "256"): readonly number[] {
  const colour = parts(rgb);
  return colours === "truecolour" ? [38, 2, ...colour] : [38, 5, nearest(colour)];
}

/** Relative luminance, 0 to 1, of parts from 0 to 255 (WCAG 2.2). */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (part: number) => (part <= 10.31 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** The parts of #rrggbb. */
export function parts(rgb: string): Rgb {
  const value = Number.parseInt(rgb.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function nearest(colour: Rgb): number {
  const [red, green, blue] = colour.map(step) as [number, number, number];
  const inCube: Rgb = [STEPS[red] ?? 0, STEPS[green] ?? 0, STEPS[blue] ?? 0];
  // The greys are 8, 18, … 238.
  const grey = Math.min(23, Math.max(0, Math.round(((colour[0] + colour[1] + colour[2]) / 3 - 8) / 10)));
  const level = 8 + 10 * grey;
  const nearer = distance(colour, [level, level, level]) < distance(colour, inCube);
  return nearer ? GREYS + grey : 16 + 36 * red + 6 * green + blue;
}

/** The step that is nearest to a part. */
function step(part: number): number {
  return STEPS.reduce(
    (best, at, index) => (Math.abs(at - part) < Math.abs((STEPS[best] ?? 0) - part) ? index : best),
    0,
  );
}

const distance = (one: Rgb, other: Rgb) => one.reduce((sum, part, index) => sum + (part - (other[index] ?? 0)) ** 2, 0);
