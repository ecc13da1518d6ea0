/** Lines that are compared at most: a failed patch must not cost seconds in a huge file. */
const MAX_COMPARED = 50_000;
/** Two lines with fewer pairs of letters in common than this have nothing to do with each other. */
const MIN_SCORE = 0.5;
/** Longer lines are compared by their beginning. */
const MAX_LENGTH = 400;

/** Index of the line most similar to `wanted`, nearest to `from` where several are; null when none resembles it. */
export function closestLine(lines: readonly string[], wanted: string, from: number): number | null {
  const target = pairs(wanted);
  if (target.size === 0) return null;
  const start = Math.max(0, Math.min(from, lines.length) - MAX_COMPARED / 2);
  const end = Math.min(lines.length, start + MAX_COMPARED);
  let best: number | null = null;
  let best_score = MIN_SCORE;
  for (let i = start; i < end; i++) {
    const score = similarity(target, lines[i] ?? "", wanted.length);
    const nearer = best !== null && score === best_score && Math.abs(i - from) < Math.abs(best - from);
    if (score > best_score || nearer) {
      best = i;
      best_score = score;
    }
  }
  return best;
}

/** Share of letter pairs that two lines have in common (Dice), 0 to 1, spaces at the ends ignored. */
function similarity(target: Set<string>, line: string, length: number): number {
  if (line.length > MAX_LENGTH * 2 && length < MAX_LENGTH) return 0;
  const other = pairs(line);
  if (other.size === 0) return 0;
  let common = 0;
  for (const pair of target) if (other.has(pair)) common++;
  return (2 * common) / (target.size + other.size);
}

function pairs(line: string): Set<string> {
  const text = line.trim().slice(0, MAX_LENGTH);
  const found = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) found.add(text.slice(i, i + 2));
  return found;
}
