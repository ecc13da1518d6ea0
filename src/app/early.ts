import { coloursOf, loadTerminal, safe, themeFor } from "../term/index.ts";
import { type Look, loadViews } from "../view/index.ts";
import { blankStart } from "./blank-start.ts";
import { PLACEHOLDER } from "./picture/placeholder.ts";
import { AppTerminal } from "./run/terminal.ts";

export type { AppTerminal };

/**
 * Takes the terminal and shows the first picture of the app, before anything was read: what is known later fills in without moving a
 * line. null: this is no terminal that can show it.
 */
export async function firstPicture(facts: {
  env: Record<string, string | undefined>;
  version: string;
  directory: string;
}): Promise<AppTerminal | null> {
  const { env, version, directory } = facts;
  const [term, { composer, rule, block }] = await Promise.all([loadTerminal(), loadViews()]);
  const terminal = new AppTerminal(term, term.openTty(), env);
  const theme = themeFor("default", { dark: true, colours: coloursOf(env) });
  if (theme === null) return null;
  const look: Look = { ...terminal.size, theme, words: false, directory };
  const start = block({ type: "start", facts: blankStart(version, directory) }, look, null);
  const line = composer({ text: "", caret: 0, placeholder: PLACEHOLDER, vim: null, rows: 1 }, look);
  const screen = terminal.screen("fullscreen");
  screen.open();
  screen.paint({
    thread: 0,
    history: { first: 0, end: 0, lines: () => [], rows: () => 0 },
    live: start,
    panel: [rule(look), ...line.lines, safe``],
    caret: line.caret && { ...line.caret, row: line.caret.row + 1 },
    bottom: null,
    cover: null,
    title: "moat",
    progress: "none",
  });
  return terminal;
}
