import { inWindow } from "./card.ts";
import type { Card, InputFacts, Look } from "./contract.ts";
import { field, framed } from "./field.ts";
import { sign } from "./signs.ts";
import { blanks, exact, hanging, type Line, reading, wholeRow, wrappedLine } from "./text/line.ts";

const OWN_WORDS = "in my own words";

/** A question of the model's: its options by number, and an answer in one's own words. */
export function input(facts: InputFacts, look: Look): Card {
  const { theme } = look;
  const head = headRows(facts, look);
  const options = facts.options.flatMap((option, index) =>
    optionRows(option.label, option.description, index, facts, look),
  );
  // Where nothing is proposed there is nothing else to choose.
  const own = facts.options.length === 0 ? [] : optionRows(OWN_WORDS, "", facts.options.length, facts, look);
  if (facts.other === null) return inWindow({ head, body: [], foot: [[], ...options, ...own], caret: null }, 0, look);
  const mark = (text: string) => exact(text, theme.dim);
  const laid = field(facts.other.text, facts.other.caret, look.columns - 4, "reading");
  const marks = { first: mark("  > "), rest: mark("    "), up: mark("  ↑ "), down: mark("  ↓ ") };
  const shown = framed(laid, Math.max(1, look.rows >> 1), marks);
  const before = [[], ...options, ...own];
  const caret = { row: before.length + shown.row, column: shown.column };
  return inWindow({ head, body: [], foot: [...before, ...shown.rows], caret }, 0, look);
}

function headRows({ header, question, number, of }: InputFacts, look: Look): Line[] {
  const { theme } = look;
  const which = of > 1 ? `asked by the model, ${number} of ${of}` : "asked by the model";
  const title = [sign(look, "question", theme.accent), reading(header, theme.bold)];
  const rows = question.split("\n").flatMap((line) => wrappedLine([reading(line)], look.columns - 2));
  return [...wholeRow(title, [exact(which, theme.dim)], look.columns), ...hanging(rows, [blanks(2)], [blanks(2)])];
}

function optionRows(label: string, description: string, index: number, facts: InputFacts, look: Look): Line[] {
  const { theme, words } = look;
  const here = facts.selected === index;
  const mark = words ? (here ? "selected: " : "") : here ? "▸ " : "  ";
  const key = words ? `${index + 1}: ` : `${index + 1}  `;
  const width = mark.length + key.length;
  const room = look.columns - width;
  const rows = [
    ...wrappedLine([reading(label, here ? theme.bold : null)], room),
    ...(description === "" ? [] : wrappedLine([reading(description, theme.dim)], room)),
  ];
  return hanging(rows, [exact(mark, theme.accent), exact(key, theme.accent)], [blanks(width)]);
}
