import type { UserInputAnswer, UserInputQuestion, UserInputRequest } from "../protocol/index.ts";
import { type SafeText, type Style, safe, visibleLine } from "../term/index.ts";

/** `2 of 3`; nothing where there is one. */
const count = (number: number, of: number) => (of === 1 ? "" : `${number} of ${of}: `);

/** A question of the model for a typed answer, its options with their numbers. `number`: which of how many, from 1. */
export function inputLines(
  { header, question, options }: UserInputQuestion,
  number: number,
  of: number,
  style: Style,
): SafeText[] {
  const head = header === "" ? "" : `${header}: `;
  return [
    style.bold(visibleLine(`${count(number, of)}${head}${question}`)),
    ...options.map(({ label, description }, index) => {
      const words = description === "" ? "" : `  ${description}`;
      return safe`  ${String(index + 1)}  ${visibleLine(label)}${style.dim(visibleLine(words))}`;
    }),
  ];
}

/** `answer [1-3, your own words, or nothing]: ` */
export function inputPrompt({ options }: UserInputQuestion): string {
  const numbers = options.length === 0 ? "" : options.length === 1 ? "1, " : `1-${options.length}, `;
  return `answer [${numbers}your own words, or nothing to pass over it]: `;
}

/** What a typed line says: the option of its number or name, or the line itself; null: nothing. */
export function readInput(line: string, { options }: UserInputQuestion): string | null {
  const said = line.trim();
  const numbered = /^\d+$/.test(said) ? options[Number(said) - 1] : undefined;
  const named = options.find(({ label }) => label.toLowerCase() === said.toLowerCase());
  return said === "" ? null : ((numbered ?? named)?.label ?? said);
}

/** The answers in the order of the questions, as one; null: the person passed over that question. */
export function inputAnswer({ questions }: UserInputRequest, said: readonly (string | null)[]): UserInputAnswer {
  const given = questions.flatMap(({ id }, index) => {
    const words = said[index] ?? null;
    return words === null ? [] : [[id, { answers: [words] }] satisfies [string, { answers: string[] }]];
  });
  if (given.length === 0) return { type: "declined", reason: "the user passed over it" };
  return { type: "answered", answers: Object.fromEntries(given) };
}
