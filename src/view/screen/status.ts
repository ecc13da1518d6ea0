import type { SafeText } from "../../term/index.ts";
import { count, money } from "../quantity.ts";
import type { Look, StatusFacts } from "./contract.ts";
import { sign } from "./signs.ts";
import { cut, exact, type Line, lineWidth, painted, type Run, row } from "./text/line.ts";

/** From here on the context is shown as a bar, and from there as something to act on. */
const BAR_FROM = 0.7;
const BAD_FROM = 0.85;
const BAR_CELLS = 10;

/** What of the status line gives way when it does not fit, in this order. */
const GIVES_WAY = ["hints", "cost", "tokens", "effort", "directory", "hint", "bar", "name", "context"] as const;
type Part = (typeof GIVES_WAY)[number];

/** The status line. The mode and what is open never give way. */
export function status(facts: StatusFacts, look: Look): SafeText {
  const left = new Set<Part>(GIVES_WAY);
  for (const part of GIVES_WAY) {
    const [words, numbers] = lineOf(facts, left, look);
    if (lineWidth(words) + lineWidth(numbers) + 2 <= look.columns) break;
    left.delete(part);
  }
  const [words, numbers] = lineOf(facts, left, look);
  return painted(row(words, numbers, look.columns));
}

function lineOf(facts: StatusFacts, shown: ReadonlySet<Part>, look: Look): [words: Line, numbers: Line] {
  const { theme } = look;
  const directory = `${facts.directory}${facts.branch === null ? "" : ` (${facts.branch})`}`;
  const words: Run[] = [
    exact(` ${facts.mode}`, theme.bold),
    exact(" · "),
    ...(facts.weak ? [sign(look, "warning", theme.warn)] : []),
    exact(`moat: ${facts.moat}`, facts.weak ? theme.warn : theme.accent),
    ...(shown.has("directory") && directory !== "" ? [exact(` · ${directory}`, theme.dim)] : []),
    ...(shown.has("effort") && facts.effort !== null ? [exact(` · ${facts.effort}`, theme.dim)] : []),
  ];
  const hints = facts.hint.split(" · ");
  const hint = shown.has("hints") ? facts.hint : shown.has("hint") ? (hints.at(-1) ?? "") : "";
  const numbers = [
    ...(facts.context === null || !shown.has("context") ? [] : [contextRun(facts.context, shown, look)]),
    ...(shown.has("tokens") && facts.tokens !== null ? [exact(`${count(facts.tokens)} tokens`, theme.dim)] : []),
    ...(shown.has("cost") && facts.cost !== null ? [exact(money(facts.cost), theme.dim)] : []),
    ...(hint === "" ? [] : [exact(hint, theme.dim)]),
  ];
  return [words, numbers.flatMap((run, index) => (index === 0 ? [run] : [exact("   "), run]))];
}

/** `context 3 %`, from where it matters on with a bar; where there is no room for it `71 %`. */
function contextRun(context: number, shown: ReadonlySet<Part>, { theme, words }: Look): Run {
  const percent = Math.round(context * 100);
  const name = shown.has("name") ? "context " : "";
  if (context < BAR_FROM) return exact(`${name}${percent} %`, theme.dim);
  const full = Math.min(BAR_CELLS, Math.round(context * BAR_CELLS));
  const bar = words || !shown.has("bar") ? "" : `${"▰".repeat(full)}${"▱".repeat(BAR_CELLS - full)} `;
  return exact(`${name}${bar}${percent} %`, context >= BAD_FROM ? theme.bad : theme.warn);
}

/** A thin line between the conversation and what stands below it; nothing for screen readers. */
export function rule(look: Look): SafeText {
  return painted(look.words ? [] : cut([exact("─".repeat(look.columns), look.theme.dim)], look.columns));
}
