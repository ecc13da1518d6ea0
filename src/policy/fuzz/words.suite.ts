// Words as shells take them apart: the same text in many spellings, and spellings that turn into other text.
import type { Shell } from "../shell/word.ts";
import { PIECES } from "./pieces.suite.ts";
import type { Random } from "./random.suite.ts";
import { EVIL } from "./world.suite.ts";

/** A word of a script, with what has to stand before the command for it to mean something. */
export interface Spelled {
  text: string;
  before: string[];
}

const plain = (text: string): Spelled => ({ text, before: [] });
const escaped = (text: string) => text.replace(/["\\$`]/g, "\\$&");
const single = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const bare = (text: string) => (/^[\w./@:+,=%-]+$/.test(text) ? text : single(text));

/** A text in two parts. */
function halves(r: Random, text: string): [string, string] {
  const at = r.below(text.length + 1);
  return [text.slice(0, at), text.slice(at)];
}

/** A way to refer to a variable. */
function reference(r: Random, name: string, shell: Shell): string {
  const forms = shell === "zsh" && r.oneIn(2) ? PIECES.zsh_references : PIECES.references;
  const form = r.pick(forms).replace("N", name);
  return r.oneIn(2) ? form : `"${form}"`;
}

function setting(r: Random, name: string, value: string): string {
  return r.pick(PIECES.settings).replaceAll("N", name).replaceAll("V", value);
}

/** Spellings of the text itself. */
const COATS: ((r: Random, text: string) => string)[] = [
  (_, text) => single(text),
  (_, text) => `"${escaped(text)}"`,
  (_, text) => `$'${text.replace(/[\\']/g, "\\$&")}'`,
  (_, text) => [...text].map((c) => (/\w/.test(c) ? c : `\\${c}`)).join(""),
  (r, text) => {
    const [start, end] = halves(r, text);
    return `${single(start)}"${escaped(end)}"`;
  },
  (r, text) => r.pick(PIECES.nothing) + bare(text),
  (r, text) => bare(text) + r.pick(PIECES.nothing),
  (r, text) => `"$${r.pick(PIECES.unset)}${escaped(text)}"`,
  (_, text) => `"$\{unset:-${text}}"`,
  (_, text) => `"$\{unset:-$unset${text}}"`,
  (r, text) => r.pick(PIECES.braces).replace("T", text),
  (r, text) => r.pick(PIECES.substitutions).replace("T", single(text)),
  (r, text) => {
    const [start, end] = halves(r, text);
    return start + r.pick(["?", "*", "[!q]", "[a-z-]"]) + end.slice(1);
  },
  (r, text) => halves(r, text).join("\\\n"),
  (r, text) => `~/${r.oneIn(2) ? text : single(text)}`,
  (r, text) => r.pick(["~", "~+", "~-", "$HOME", '"$PWD"', "$PWD"]) + text,
];

/** The text, or its start, as the value of a variable. */
function asValue(r: Random, text: string, shell: Shell): Spelled {
  const name = r.pick(PIECES.names);
  const [value, rest] = r.oneIn(4) ? halves(r, text) : [text, ""];
  const end = rest === "" ? "" : single(rest);
  return { text: reference(r, name, shell) + end, before: [setting(r, name, single(value))] };
}

/** The text behind a variable that may be set to something harmless. */
function behind(r: Random, text: string): Spelled {
  const name = r.pick(PIECES.names);
  const forms = [`"$${name}${escaped(text)}"`, `$${name}${single(text)}`];
  return { text: r.pick(forms), before: [setting(r, name, r.pick(["src", "a", "b", "''"]))] };
}

/** The text itself, as it is usually written. */
export function asIs(text: string): Spelled {
  return plain(bare(text));
}

/** A spelling that may hide what a word is, or be another. */
export function disguise(r: Random, text: string, shell: Shell): Spelled {
  const kind = r.below(12);
  if (kind < 3) return behind(r, text);
  if (kind === 3) return plain(r.pick(PIECES.confusing));
  if (kind === 4) return plain(reference(r, r.pick([...Object.keys(EVIL), ...PIECES.unset]), shell));
  if (kind === 5) return asValue(r, text, shell);
  return plain(r.pick(COATS)(r, text));
}

/** A spelling of a text, mostly the usual one. */
export function spell(r: Random, text: string, shell: Shell): Spelled {
  return r.oneIn(3) ? disguise(r, text, shell) : asIs(text);
}
