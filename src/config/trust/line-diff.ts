/** Lines compared one by one at most; above it the middle is shown as replaced (the table below has n × m cells). */
const MAX_CELLS = 1_000_000;

/** A unified diff without headers: ` `, `-` and `+` lines, three lines of context, `@@ -line +line @@` before each part. */
export function lineDiff(before: string, after: string): string {
  const [a, b] = [lines(before), lines(after)];
  const steps = compare(a, b);
  const near = steps.map((_, i) => steps.slice(Math.max(0, i - 3), i + 4).some((s) => s.mark !== " "));
  const out: string[] = [];
  let [at_a, at_b] = [1, 1];
  for (const [i, step] of steps.entries()) {
    if (near[i] && !near[i - 1]) out.push(`@@ -${at_a} +${at_b} @@`);
    if (near[i]) out.push(step.mark + step.line);
    if (step.mark !== "+") at_a++;
    if (step.mark !== "-") at_b++;
  }
  return out.join("\n");
}

interface Step {
  mark: " " | "-" | "+";
  line: string;
}

function compare(a: readonly string[], b: readonly string[]): Step[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const kept = (from: number, to: number): Step[] => a.slice(from, to).map((line) => ({ mark: " ", line }));
  const middle = longestCommon(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [...kept(0, head), ...middle, ...kept(a.length - tail, a.length)];
}

/** Steps along a longest common subsequence; removals come before additions. */
function longestCommon(a: readonly string[], b: readonly string[]): Step[] {
  const width = b.length + 1;
  const removed = a.map((line): Step => ({ mark: "-", line }));
  const added = b.map((line): Step => ({ mark: "+", line }));
  if (a.length * b.length > MAX_CELLS) return [...removed, ...added];
  const length = new Uint32Array((a.length + 1) * width);
  const cell = (i: number, j: number): number => length[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i * width + j] = a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const steps: Step[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      steps.push({ mark: " ", line: a[i] ?? "" });
      i++;
      j++;
    } else if (cell(i + 1, j) >= cell(i, j + 1)) steps.push({ mark: "-", line: a[i++] ?? "" });
    else steps.push({ mark: "+", line: b[j++] ?? "" });
  }
  return [...steps, ...removed.slice(i), ...added.slice(j)];
}

function lines(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
