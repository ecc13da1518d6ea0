import type { SlashCommand } from "../commands/command.ts";
import { menuCommands } from "../commands/table.ts";
import { replaceRange } from "../composer/buffer.ts";
import { type Composer, edited } from "../composer/composer.ts";
import { rank } from "../fuzzy.ts";
import type { FoundFile } from "./input.ts";
import type { AppState, Menu, Step } from "./state.ts";
import { step } from "./step.ts";

/** A word that a menu is about, from where it begins. */
type Word = { kind: "command" | "file"; from: number; query: string };

/** Characters before the caret that an @word may have; longer ones are no path that a person types. */
const WORD_LENGTH = 512;

/** The word at the caret that a menu may complete; null: there is none. */
function wordAt({ text, caret }: Pick<Composer, "text" | "caret">): Word | null {
  const command = text.slice(0, Math.min(caret, WORD_LENGTH)).match(/^\/([a-z]*)$/)?.[1];
  if (command !== undefined && caret <= WORD_LENGTH) return { kind: "command", from: 0, query: command };
  const query = text.slice(Math.max(0, caret - WORD_LENGTH), caret).match(/(?:^|\s)@([^\s@]*)$/)?.[1];
  return query === undefined ? null : { kind: "file", from: caret - query.length - 1, query };
}

const nameOf = ({ kind, from }: Word) => `${kind} ${from}`;

/** Opens, changes or closes the menu after the text has changed; asks for files where some are wanted. */
export function withMenu(state: AppState): Step {
  const word = wordAt(state.composer);
  if (word === null) return step({ ...state, menu: null, menu_left: null });
  if (state.menu_left === nameOf(word)) return step({ ...state, menu: null });
  const open = { ...state, menu_left: null };
  if (word.kind === "command")
    return step({
      ...open,
      menu: menuCommandRows(word.query).length === 0 ? null : { kind: "command", query: word.query, selected: 0 },
    });
  const old = state.menu?.kind === "file" ? state.menu : null;
  if (old?.query === word.query && old.from === word.from) return step(open);
  const generation = state.counter + 1;
  const { from, query } = word;
  // What was found for the word before and still fits stays until there is better: nothing flickers, and Enter takes nothing else.
  const menu: Menu = { kind: "file", from, query, generation, files: fitting(old, query), more: 0, selected: 0 };
  return step({ ...open, counter: generation, menu }, { type: "find files", generation, query });
}

function fitting(menu: Extract<Menu, { kind: "file" }> | null, query: string): readonly FoundFile[] {
  const paths = (menu?.files ?? []).map(({ path }) => path);
  return rank(paths, query).map(({ index, matched }) => ({ path: paths[index] ?? "", matched }));
}

/** Commands that fit, with the places of what was found behind the slash. */
export function menuCommandRows(query: string): { command: SlashCommand; matched: readonly number[] }[] {
  const commands = menuCommands("app");
  return rank(
    commands.map(({ name }) => name),
    query,
  ).flatMap(({ index, matched }) => {
    const command = commands[index];
    return command ? [{ command, matched }] : [];
  });
}

/** Leaves the text as it is; the menu stays away until another word begins. */
export function leftMenu(state: AppState): AppState {
  const word = wordAt(state.composer);
  return { ...state, menu: null, menu_left: word === null ? null : nameOf(word) };
}

const countOf = (menu: Menu) => (menu.kind === "command" ? menuCommandRows(menu.query).length : menu.files.length);

export function movedMenu(state: AppState, by: -1 | 1): AppState {
  const { menu } = state;
  if (menu === null) return state;
  const count = countOf(menu);
  return count === 0 ? state : { ...state, menu: { ...menu, selected: (menu.selected + by + count) % count } };
}

/** The command that is chosen; null: the menu is about something else. */
export function chosenCommand({ menu }: AppState): SlashCommand | null {
  return menu?.kind === "command" ? (menuCommandRows(menu.query)[menu.selected]?.command ?? null) : null;
}

/** Puts the chosen row into the text. */
export function completed(state: AppState): AppState {
  const { menu, composer } = state;
  if (menu === null) return state;
  const word = menu.kind === "command" ? commandWord(state) : fileWord(menu);
  if (word === null) return state;
  const from = menu.kind === "command" ? 0 : menu.from;
  return { ...state, menu: null, composer: edited(composer, replaceRange(composer, from, composer.caret, word)) };
}

function commandWord(state: AppState): string | null {
  const command = chosenCommand(state);
  return command === null ? null : `/${command.name} `;
}

/** A path with white space is quoted, so that it stays one word. */
function fileWord(menu: Extract<Menu, { kind: "file" }>): string | null {
  const path = menu.files[menu.selected]?.path;
  if (path === undefined) return null;
  return /\s/.test(path) ? `@"${path}" ` : `@${path} `;
}
