// Words as shells take them apart: the same text in many spellings, and spellings that turn into other text.
import type { Shell } from "../shell/word.ts";
import type { Random } from "./random.suite.ts";
import { EVIL } from "./world.suite.ts";

/** A word of a script, with what has to stand before the command for it to mean something. */
export interface Spelled {
  text: string;
  before: string[];
}

const plain = (text: string): Spelled => ({ text, before: [] });
const single = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const double = (text: string) => `"${text.replace(/["\\$`]/g, "\\$&")}"`;
const isBare = (text: string) => /^[\w./@:+,=%-]+$/.test(text);

/** Names that a script may set, and names that hold something bad or nothing. */
const OWN = ["v", "w", "f", "x", "_v", "N", "DIR"];
const UNSET = ["unset", "OLDPWD", "CODEX_HOME", "XDG_CACHE_HOME", "TMPDIR", "MOAT_HOME"];
const REFERENCES = ["$N", "${N}", "${N:-a}", "${N-a}", "${N%x}", "${N#x}", "${N:+a}", "${N:-$HOME}", "${N//x/a}", "${#N}"];
const ZSH = ["$~N", "$=N", "$^N", "$N:t", "$N:h", "${~N}", "${=N}", "${(e)N}", "${(P)N}", "$N[1]", "$+N", "=N", "~N"];

/** A way to refer to a variable. */
function reference(r: Random, name: string, shell: Shell): string {
  const form = r.pick(shell === "zsh" && r.oneIn(2) ? ZSH : REFERENCES).replace("N", name);
  return r.oneIn(2) ? form : `"${form}"`;
}

/** Ways in which a variable gets a value, for sure or not. */
const SETTINGS = [
  "N=V",
  "N=V",
  "N=V",
  "false && N=V",
  "true || N=V",
  "(N=V)",
  "N=V | cat",
  "N=V &",
  "{ N=V; }",
  "if false; then N=V; fi",
  "for N in V; do :; done",
  "for N in V a; do :; done",
  "for N in; do :; done",
  "while read -r N; do :; done < /dev/null",
  "N=V true",
  "time N=V",
  "N=a; N=V",
  "false &&\n N=V",
  "! N=V",
  "N=V < nosuch",
  "for N in a; do N=V; done",
  "read -r N <<< V",
];

const COATS: ((r: Random, text: string, shell: Shell) => Spelled)[] = [
  (_, text) => plain(isBare(text) ? text : single(text)),
  (_, text) => plain(isBare(text) ? text : single(text)),
  (_, text) => plain(single(text)),
  (_, text) => plain(double(text)),
  (_, text) => plain(`$'${text.replace(/[\\']/g, "\\$&")}'`),
  (_, text) => plain([...text].map((c) => (/\w/.test(c) ? c : `\\${c}`)).join("")),
  (r, text) => {
    const at = r.below(text.length + 1);
    return plain(`${single(text.slice(0, at))}${double(text.slice(at))}`);
  },
  (r, text) => plain(`${r.pick(['"$unset"', "$unset", '""', "''", "$()", '"${unset}"'])}${isBare(text) ? text : single(text)}`),
  (r, text) => plain(`${isBare(text) ? text : single(text)}${r.pick(['"$unset"', "$unset", '""', "$()"])}`),
  (r, text) => plain(`"$${r.pick(UNSET)}${text.replace(/["\\$`]/g, "\\$&")}"`),
  (_, text) => plain(`"\${unset:-${text}}"`),
  (_, text) => plain(`"\${unset:-$unset${text}}"`),
  (r, text) => plain(r.pick(["{T,}", "{a,T}", '{"}",T}', "{\\},T}", "{${unset},T}", "{{a},T}", "{a,b}T", "T{,b}"]).replace("T", text)),
  (r, text) => plain(r.pick(["$(echo T)", '"$(echo T)"', "`echo T`", '"`echo T`"', "$(printf %s T)"]).replace("T", single(text))),
  (r, text) => {
    const at = r.below(text.length);
    return plain(text.slice(0, at) + r.pick(["?", "*", "[!q]", "[a-z-]"]) + text.slice(at + 1));
  },
  (r, text) => {
    const at = r.below(text.length + 1);
    return plain(`${text.slice(0, at)}\\\n${text.slice(at)}`);
  },
  (r, text) => plain(`~/${r.oneIn(2) ? text : single(text)}`),
  (r, text) => plain(r.pick(["~", "~+", "~-", "$HOME", '"$PWD"', "$PWD"]) + text),
  (r, text, shell) => {
    const name = r.pick(OWN);
    const value = r.oneIn(4) && text.length > 1 ? text.slice(0, 1 + r.below(text.length - 1)) : text;
    const set = r.pick(SETTINGS).replaceAll("N", name).replaceAll("V", single(value));
    return { text: reference(r, name, shell) + (value === text ? "" : single(text.slice(value.length))), before: [set] };
  },
];

/** A spelling of a text, which may turn into something else. */
export function spell(r: Random, text: string, shell: Shell): Spelled {
  if (r.oneIn(14)) return plain(reference(r, r.pick([...Object.keys(EVIL), ...UNSET]), shell));
  if (!r.oneIn(3)) return plain(isBare(text) ? text : single(text));
  return r.pick(COATS)(r, text, shell);
}
