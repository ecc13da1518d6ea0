/** A piece of input that begins with ESC, as ECMA-48 has it. */
export type Sequence =
  /** CSI: parameters with their private prefix, intermediates, the final character, and what old mouse reports put behind it. */
  | { type: "csi"; parameters: string; intermediates: string; final: string; length: number }
  | { type: "ss3"; parameters: string; final: string; length: number }
  /** OSC, DCS, APC, PM, SOS: `kind` is the character behind ESC. */
  | { type: "string"; kind: string; text: string; length: number }
  /** ESC and a character that begins nothing: Alt. */
  | { type: "alt"; length: number }
  /** Not well-formed up to here; what follows is something else. */
  | { type: "broken"; length: number }
  /** More has to come. */
  | { type: "unfinished" };

const CSI = /\x1b\[([0-?]*)([ -/]*)/y;
const SS3 = /\x1bO([0-9;]*)/y;
/** To what ends a string, or to a control that no string holds: then it is none. */
const STRING = /\x1b[\]PX^_]([^\x00-\x1f\x9c]*)/y;
const UNFINISHED: Sequence = { type: "unfinished" };

/** The sequence that begins at `at`, where an ESC stands. */
export function sequenceAt(text: string, at: number): Sequence {
  const kind = text[at + 1];
  if (kind === undefined) return UNFINISHED;
  if (kind === "[") return csiAt(text, at);
  if (kind === "O") return ss3At(text, at);
  if ("]PX^_".includes(kind)) return stringAt(text, at, kind);
  return { type: "alt", length: 1 };
}

function csiAt(text: string, at: number): Sequence {
  const [head = "", parameters = "", intermediates = ""] = matchAt(CSI, text, at);
  // rxvt ends the sequence of a key with Shift by $, which ECMA-48 has in the midst of sequences only.
  if (intermediates.startsWith("$") && /^\d+$/.test(parameters)) {
    return { type: "csi", parameters, intermediates: "", final: "$", length: head.length - intermediates.length + 1 };
  }
  const final = text[at + head.length];
  if (final === undefined) return UNFINISHED;
  if (final < "@" || final > "~") return { type: "broken", length: head.length };
  // Old mouse reports and the function keys of the Linux console put characters behind the final one.
  const more = parameters !== "" ? 0 : final === "M" ? 3 : final === "[" ? 1 : 0;
  const length = head.length + 1 + more;
  if (at + length > text.length) return UNFINISHED;
  return { type: "csi", parameters, intermediates, final: text.slice(at + head.length, at + length), length };
}

function ss3At(text: string, at: number): Sequence {
  const [head = "", parameters = ""] = matchAt(SS3, text, at);
  const final = text[at + head.length];
  if (final === undefined) return UNFINISHED;
  if (final < " " || final > "~") return { type: "broken", length: head.length };
  return { type: "ss3", parameters, final, length: head.length + 1 };
}

function stringAt(text: string, at: number, kind: string): Sequence {
  const [head = "", content = ""] = matchAt(STRING, text, at);
  const [end, behind] = [text[at + head.length], text[at + head.length + 1]];
  const whole = (length: number): Sequence => ({ type: "string", kind, text: content, length: head.length + length });
  if (end === undefined || (end === "\x1b" && behind === undefined)) return UNFINISHED;
  if (end === "\x07" || end === "\x9c") return whole(1);
  return end === "\x1b" && behind === "\\" ? whole(2) : { type: "broken", length: head.length };
}

function matchAt(pattern: RegExp, text: string, at: number): readonly string[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}
