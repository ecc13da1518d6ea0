import { insert, moveTo } from "../buffer.ts";
import { type Composer, edited, redo, typed } from "../composer.ts";
import { EDITS } from "../edits.ts";
import { before, lineAround } from "../graphemes.ts";
import { parseVim } from "./parse.ts";
import { onCharacter, runVim } from "./run.ts";
import type { Vim } from "./state.ts";

/** A key under vi's keys; null: it means what it means without them. */
export function vimKey(composer: Composer, vim: Vim, name: string, text: string | null): Composer | null {
  return vim.mode === "insert" ? insertKey(composer, vim, name, text) : normalKey(composer, vim, name, text);
}

function insertKey(composer: Composer, vim: Vim, name: string, text: string | null): Composer | null {
  const { change } = vim;
  const said = (inserted: string): Vim => (change === null ? vim : { ...vim, change: { ...change, inserted } });
  if (name === "escape") return toNormal(composer, vim);
  if (name === "backspace" && change !== null)
    return { ...(EDITS["delete-left"]?.(composer) ?? composer), vim: said(change.inserted.slice(0, -1)) };
  if (text === null || change === null) return null;
  return { ...typed(composer, text), vim: said(change.inserted + text) };
}

/** Leaving insert mode goes back one character, as vi does. */
function toNormal(composer: Composer, vim: Vim): Composer {
  const { text, caret } = composer;
  const { start } = lineAround(text, caret);
  const at = caret > start ? before(text, caret) : caret;
  return { ...composer, ...moveTo(composer, at), last: null, column: null, vim: { ...vim, mode: "normal", keys: "" } };
}

function normalKey(composer: Composer, vim: Vim, name: string, text: string | null): Composer | null {
  if (name === "escape") return vim.keys === "" ? null : { ...composer, vim: { ...vim, keys: "" } };
  if (name === "ctrl-r") return onCharacter({ ...redo(composer), vim });
  if (text === null) return null;
  const keys = vim.keys + text;
  const parsed = parseVim(keys);
  if (parsed === "more") return { ...composer, vim: { ...vim, keys } };
  const idle = { ...vim, keys: "" };
  if (parsed === "none") return { ...composer, vim: idle };
  const ready = { ...composer, vim: idle };
  return parsed.rest === "." ? repeated(ready, idle) : runVim(ready, idle, parsed, keys);
}

/** `.`: the last change again, with what was typed in it. */
function repeated(composer: Composer, vim: Vim): Composer {
  const { change } = vim;
  const command = change === null ? "none" : parseVim(change.keys);
  if (change === null || typeof command === "string") return composer;
  const done = runVim(composer, vim, command, change.keys);
  const after = done.vim ?? vim;
  if (after.mode === "normal") return { ...done, vim: { ...after, change } };
  const filled = edited(done, insert(done, change.inserted));
  return { ...toNormal(filled, after), vim: { ...after, mode: "normal", keys: "", change } };
}
