/** Where a key has its meaning. What a place does not know, `anywhere` may. */
export type Place = "anywhere" | "composer" | "menu" | "picker" | "question" | "field" | "pager";

/** A row of the table: the one place that says which key does what. */
export interface KeyRow {
  name: string;
  /** As `keyName` writes them. */
  keys: readonly string[];
  where: Place;
  what: string;
}

const row = (where: Place, name: string, keys: string, what: string): KeyRow => ({
  name,
  keys: keys.split(" "),
  where,
  what,
});

/** Every key of the app. Help, docs and `tui.keymap` come from here. */
export const KEY_TABLE: readonly KeyRow[] = [
  row("anywhere", "interrupt", "ctrl-c", "Clear what is written, or interrupt; twice: quit"),
  row("anywhere", "suspend", "ctrl-z", "Suspend (fg comes back)"),
  row("anywhere", "repaint", "ctrl-l", "Paint the screen anew"),
  row("anywhere", "transcript", "ctrl-t", "Read and search everything that was said"),
  row("anywhere", "plan", "alt-t", "Show the whole plan"),
  row("anywhere", "open-last", "ctrl-o", "Open the last thing that is folded"),
  row("anywhere", "page-up", "page-up", "Scroll up (fullscreen)"),
  row("anywhere", "page-down", "page-down", "Scroll down (fullscreen)"),
  row("anywhere", "scroll-start", "ctrl-home", "Scroll to the beginning (fullscreen)"),
  row("anywhere", "scroll-end", "ctrl-end", "Scroll to the end (fullscreen)"),

  row("composer", "send", "enter", "Send; while a turn runs: tell it now"),
  row("composer", "queue", "tab", "While a turn runs: send after it; with nothing written: choose a block to open"),
  row("composer", "newline", "shift-enter alt-enter ctrl-j", "A new line (so does \\ before Enter)"),
  row(
    "composer",
    "escape",
    "escape",
    "Interrupt, and give the text back; twice when idle: go back to an earlier message",
  ),
  row("composer", "mode", "shift-tab", "Next mode: auto, ask, plan"),
  row("composer", "keys", "?", "These keys (with nothing written)"),
  row("composer", "quit", "ctrl-d", "Quit (with nothing written); else delete to the right"),
  row("composer", "up", "up ctrl-p", "A line up; at the first: the prompt before"),
  row("composer", "down", "down ctrl-n", "A line down; at the last: the prompt after"),
  row("composer", "search-prompts", "ctrl-r", "Search earlier prompts"),
  row("composer", "take-back", "alt-up", "Take back the last message that waits"),
  row("composer", "editor", "ctrl-g", "Write in $VISUAL or $EDITOR"),
  row("composer", "paste-image", "ctrl-v", "Attach the image in the clipboard"),
  row("composer", "left", "left ctrl-b", "A character to the left"),
  row("composer", "right", "right ctrl-f", "A character to the right"),
  row("composer", "word-left", "alt-b alt-left ctrl-left", "A word to the left"),
  row("composer", "word-right", "alt-f alt-right ctrl-right", "A word to the right"),
  row("composer", "line-start", "ctrl-a home", "To the start of the line"),
  row("composer", "line-end", "ctrl-e end", "To the end of the line"),
  row("composer", "delete-left", "backspace ctrl-h shift-backspace", "Delete to the left"),
  row("composer", "delete-right", "delete", "Delete to the right"),
  row("composer", "cut-spaced-word-left", "ctrl-w", "Cut what is before the caret, up to white space"),
  row("composer", "cut-word-left", "alt-backspace ctrl-backspace", "Cut a word to the left"),
  row("composer", "cut-word-right", "alt-d ctrl-delete", "Cut a word to the right"),
  row("composer", "cut-to-end", "ctrl-k", "Cut to the end of the line"),
  row("composer", "cut-to-start", "ctrl-u", "Cut to the start of the line"),
  row("composer", "yank", "ctrl-y", "Put back what was cut"),
  row("composer", "yank-pop", "alt-y", "After that: what was cut before it"),
  row("composer", "undo", "ctrl-_ ctrl-/ ctrl-shift-_ alt-u", "Undo"),
  row("composer", "redo", "alt-r ctrl-shift-z", "Redo"),

  row("menu", "menu-take", "enter", "Take it"),
  row("menu", "menu-complete", "tab", "Complete the word"),
  row("menu", "menu-up", "up ctrl-p", "The row above"),
  row("menu", "menu-down", "down ctrl-n", "The row below"),
  row("menu", "menu-leave", "escape", "Leave the text as it is"),

  row("picker", "picker-take", "enter", "Take it"),
  row("picker", "picker-up", "up ctrl-p shift-tab", "The row above"),
  row("picker", "picker-down", "down ctrl-n tab ctrl-r", "The row below"),
  row("picker", "picker-leave", "escape", "Leave everything as it was"),

  row("question", "answer-once", "y", "Yes, once"),
  row("question", "answer-session", "s", "Yes, until I quit"),
  row("question", "answer-always", "p a", "Yes, always: shows the rule first"),
  row("question", "answer-edit", "e", "Change the command"),
  row("question", "answer-no", "n", "No, and say why"),
  row("question", "answer-stop", "escape", "No, and stop"),
  row("question", "answer-up", "up ctrl-p", "The answer above"),
  row("question", "answer-down", "down ctrl-n", "The answer below"),
  row("question", "answer-take", "enter", "Give the answer that is marked"),
  row("question", "question-up", "page-up", "Scroll the question up"),
  row("question", "question-down", "page-down", "Scroll the question down"),

  row("field", "field-take", "enter", "Give this text"),
  row("field", "field-leave", "escape", "Back to the question"),

  row("pager", "pager-up", "up k ctrl-p", "A line up, or the block before"),
  row("pager", "pager-down", "down j ctrl-n", "A line down, or the block after"),
  row("pager", "pager-page-up", "page-up b ctrl-b", "A page up"),
  row("pager", "pager-page-down", "page-down space ctrl-f", "A page down"),
  row("pager", "pager-start", "home g ctrl-home", "To the beginning"),
  row("pager", "pager-end", "end G ctrl-end", "To the end"),
  row("pager", "pager-search", "/", "Search"),
  row("pager", "pager-next", "n", "The next place that was found"),
  row("pager", "pager-previous", "N", "The one before"),
  row("pager", "pager-open", "enter ctrl-o", "Open the block that is chosen"),
  row("pager", "pager-leave", "escape q tab", "Leave"),
];
