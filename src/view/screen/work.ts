import type { SafeText } from "../../term/index.ts";
import { count, duration } from "../quantity.ts";
import type { Look, WorkFacts } from "./contract.ts";
import { retryWords } from "./retry.ts";
import { sign } from "./signs.ts";
import { cut, exact, type Line, lineWidth, painted, type Run, reading, row } from "./text/line.ts";

/** Messages that wait and are shown; the rest is counted. */
const WAITING = 3;

/** The working line, and below it what was typed meanwhile. None while nothing is done and nothing waits. */
export function work(facts: WorkFacts, look: Look): readonly SafeText[] {
  const line = workLine(facts, look);
  return [...(line === null ? [] : [line]), ...waitingRows(facts.waiting, look)].map(painted);
}

function workLine(facts: WorkFacts, look: Look): Line | null {
  const { status, retry_in_ms } = facts;
  const { theme } = look;
  if (status.type === "idle" || status.type === "waiting" || status.type === "asked") return null;
  if (status.type === "retrying") {
    const left = look.words ? status.delay_ms : (retry_in_ms ?? status.delay_ms);
    return calm([sign(look, "warning", theme.warn), exact(retryWords(status, left), theme.warn)], look);
  }
  return row([sign(look, "work", theme.accent), ...stepOf(facts, look)], numbers(facts, look), look.columns);
}

/** What went wrong, and as much of what takes the fear from it as fits. */
function calm(words: Line, { columns, theme }: Look): Line {
  const room = columns - lineWidth(words) - 2;
  const said = ["nothing is lost · Esc stops", "Esc stops", ""].find((text) => text.length <= room) ?? "";
  return row(words, said === "" ? [] : [exact(said, theme.dim)], columns);
}

/** `fix totals in cents (2 of 3)` */
function stepOf({ plan }: WorkFacts, { theme, words }: Look): Line {
  const at = plan?.findIndex(({ completed }) => !completed) ?? -1;
  const step = plan?.[at];
  if (plan === null || step === undefined) return words ? [] : [exact("working")];
  return [reading(step.text, theme.bold), exact(` (${at + 1} of ${plan.length})`, theme.dim)];
}

/** What changes all the time is nothing for a screen reader. Of the numbers as many as leave room for words. */
function numbers({ elapsed_ms, tokens_per_second, tokens }: WorkFacts, { theme, words, columns }: Look): Line {
  const known = [
    duration(Math.floor(elapsed_ms / 1000) * 1000),
    tokens_per_second === null ? "" : `${count(tokens_per_second)} tok/s`,
    tokens === null ? "" : `${count(tokens)} tokens`,
  ].filter((part) => part !== "");
  for (let most = words ? 0 : known.length; most > 0; most--) {
    const text = [...known.slice(0, most), ESCAPE].join(" · ");
    if (text.length <= columns * NUMBERS) return [exact(text, theme.dim)];
  }
  return [exact(ESCAPE, theme.dim)];
}

/** Of the width, what numbers may take at most. */
const NUMBERS = 0.6;
const ESCAPE = "Esc interrupts";

function waitingRows(waiting: WorkFacts["waiting"], look: Look): Line[] {
  const { theme } = look;
  const rows = waiting.slice(0, WAITING).map(({ text, when }): Line => {
    const mark: Run[] = [exact("  "), sign(look, "person", theme.dim)];
    const told = when === "now" ? "at the next step" : "after this turn";
    return row([...mark, reading(text.slice(0, look.columns * 8))], [exact(told, theme.dim)], look.columns);
  });
  const more = waiting.length - rows.length;
  return more > 0 ? [...rows, cut([exact(`  … ${more} more wait`, theme.dim)], look.columns)] : rows;
}
