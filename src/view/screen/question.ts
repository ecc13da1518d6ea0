import { match } from "ts-pattern";
import { scriptIn } from "../../base/index.ts";
import type { ApprovalChoice, ApprovalRequest, Effect } from "../../protocol/index.ts";
import { visibleLine } from "../../term/index.ts";
import { approvalFacts, argumentLines, choiceNotes, LETTERS, QUESTIONS, toolText } from "../approval-lines.ts";
import { several } from "../quantity.ts";
import { type CardParts, inWindow } from "./card.ts";
import type { Card, Look, QuestionFacts } from "./contract.ts";
import { field, framed } from "./field.ts";
import { approvedRows } from "./items/patch.ts";
import { sign } from "./signs.ts";
import { blanks, exact, hanging, type Line, type Paint, type Run, wholeRow, wrappedLine } from "./text/line.ts";

/** A question about a call. All that a yes would do stands there, every character of it: nothing is folded or cut, more than a window scrolls. */
export function question(facts: QuestionFacts, look: Look): Card {
  const parts = match(facts.step)
    .returnType<CardParts>()
    .with({ type: "choose" }, () => choosing(facts, look))
    .with({ type: "rule" }, () => confirming(facts, look))
    .with({ type: "edit" }, ({ text, caret }) => writing(facts, look, "Change the command to", text, caret, EDIT_KEYS))
    .with({ type: "reason" }, ({ text, caret }) => writing(facts, look, "No, because", text, caret, REASON_KEYS))
    .exhaustive();
  return inWindow(parts, facts.scroll, look);
}

const EDIT_KEYS = "Enter  it is judged again     Esc  back";
const REASON_KEYS = "Enter  tell the model     Esc  back";

function choosing(facts: QuestionFacts, look: Look): CardParts {
  const { request } = facts;
  const foot = [[], ...request.choices.flatMap((choice, index) => choiceRows(choice, index, facts, look))];
  return { head: headRows(questionText(request), facts, look), body: bodyRows(request, look), foot, caret: null };
}

/** The rule that a lasting yes writes, before it is written. */
function confirming(facts: QuestionFacts, look: Look): CardParts {
  const { request } = facts;
  const choice = request.choices.find(({ decision }) => decision === "always");
  const notes = choice === undefined ? [] : choiceNotes(choice).flatMap((note) => set(note, look, null, "  "));
  const keys = set("y  write it and run     Esc  back", look, look.theme.bold, "  ");
  return {
    head: headRows("Always, by this rule?", facts, look),
    body: [...bodyRows(request, look), ...notes],
    foot: [[], ...keys],
    caret: null,
  };
}

function writing(
  facts: QuestionFacts,
  look: Look,
  title: string,
  text: string,
  caret: number,
  keys: string,
): CardParts {
  const { theme } = look;
  const mark = (sign: string) => exact(sign, theme.dim);
  const laid = field(text, caret, look.columns - 4, facts.step.type === "edit" ? "exact" : "reading", theme.bold);
  const most = Math.max(1, look.rows >> 1);
  const marks = { first: mark("  > "), rest: mark("    "), up: mark("  ↑ "), down: mark("  ↓ ") };
  const shown = framed(laid, most, marks);
  const titled = [[], ...set(title, look, theme.accent, "  ")];
  return {
    head: headRows(questionText(facts.request), facts, look),
    body: bodyRows(facts.request, look),
    foot: [...titled, ...shown.rows, [], ...set(keys, look, theme.dim, "  ")],
    caret: { row: shown.row + titled.length, column: shown.column },
  };
}

function questionText({ effect, sandbox }: ApprovalRequest): string {
  const outside = effect.kind === "command" && sandbox === "danger-full-access";
  return outside ? "Run this command outside the sandbox?" : QUESTIONS[effect.kind];
}

function headRows(text: string, { asked_by, number, of }: QuestionFacts, look: Look): Line[] {
  const { theme } = look;
  const by = [asked_by, of > 1 ? `${number} of ${of}` : null].filter((part) => part !== null && part !== "").join(", ");
  const title = [sign(look, "question", theme.accent), exact(text, theme.bold)];
  return wholeRow(title, by === "" ? [] : [exact(by, theme.dim)], look.columns);
}

function bodyRows(request: ApprovalRequest, look: Look): Line[] {
  const { effect } = request;
  const place: [string, string][] = effect.kind === "command" ? [["in", effect.cwd]] : [];
  const facts = [...place, ...approvalFacts(request)];
  const wide = look.columns < 40 ? 0 : Math.max(0, ...facts.map(([name]) => name.length));
  return [
    ...effectRows(request.effect, look),
    ...facts.flatMap(([name, text]) => {
      const before = exact(`  ${name.padEnd(wide)}  `, look.theme.dim);
      const paint = name === "take care" ? look.theme.warn : null;
      const room = look.columns - before.text.length;
      return hanging(wrappedLine([exact(visibleLine(text), paint)], room), [before], [blanks(before.text.length)]);
    }),
  ];
}

function effectRows(effect: Effect, look: Look): Line[] {
  const { theme } = look;
  return match(effect)
    .returnType<Line[]>()
    .with({ kind: "command" }, ({ argv, command }) => commandRows(scriptIn(argv) ?? command, look))
    .with({ kind: "patch" }, ({ changes }) => approvedRows(changes, look))
    .with({ kind: "mcp" }, ({ server, tool, read_only, arguments: given }) => [
      ...set(visibleLine(`${server}.${tool}`), look, theme.bold, "  "),
      ...argumentLines(given).flatMap((line) =>
        hanging(wrappedLine([exact(visibleLine(line), null)], look.columns - 2, "cells"), [blanks(2)], [blanks(2)]),
      ),
      ...set(toolText(read_only), look, theme.dim, "  "),
    ])
    .exhaustive();
}

function commandRows(command: string, look: Look): Line[] {
  const { bold, dim } = look.theme;
  const mark = sign(look, "command", bold);
  return command.split("\n").flatMap((line, index) => {
    const before = index === 0 ? mark : exact("| ", dim);
    const rows = wrappedLine([exact(line, bold)], look.columns - 2 - before.text.length, "cells");
    return hanging(rows, [exact("  "), before], [blanks(2 + before.text.length)]);
  });
}

function choiceRows(choice: ApprovalChoice, index: number, { selected }: QuestionFacts, look: Look): Line[] {
  const { theme, words } = look;
  const letter = choice.decision === "abort" ? "Esc" : LETTERS[choice.decision];
  const here = index === selected;
  const mark = words ? (here ? "selected: " : "") : here ? "▸ " : "  ";
  const key = words ? `${index + 1} or ${letter}: ` : `${letter.padEnd(3)} `;
  const before: Run[] = [exact(mark, theme.accent), exact(key, theme.accent)];
  const width = mark.length + key.length;
  const rows = wrappedLine([exact(visibleLine(choice.label), here ? theme.bold : null)], look.columns - width);
  const note = noteOf(choice);
  const notes = note === null ? [] : wrappedLine([exact(note, theme.dim)], look.columns - width);
  return hanging([...rows, ...notes], before, [blanks(width)]);
}

/** The rule itself is shown before it is written. */
function noteOf({ decision, rule, matched = [] }: ApprovalChoice): string | null {
  if (decision !== "always" || rule === undefined) return null;
  const past =
    matched.length === 0 ? "" : `; it would also have let through ${several(matched.length, "earlier command")}`;
  return `the rule is shown next${past}`;
}

/** A sentence, wrapped, set in. */
function set(text: string, look: Look, paint: Paint | null, by: string): Line[] {
  const rows = text.split("\n").flatMap((line) => wrappedLine([exact(line, paint)], look.columns - by.length));
  return hanging(rows, [exact(by)], [exact(by)]);
}
