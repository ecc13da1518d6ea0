/** A whole command of normal mode. */
export interface VimCommand {
  count: number;
  /** The operator with what it takes: a motion, an object, or its own line. null: the rest is a motion or a command alone. */
  operator: "d" | "c" | "y" | null;
  rest: string;
}

const OPERATORS = "dcy";
/** Commands of one key. */
export const SINGLE = "xXDCSsYpPuiaIAoOJ~.";
const MOTIONS = "hl 0^$wWbBeEjkG;,";

/** What was typed: a command, the beginning of one, or nothing that vi knows. */
export function parseVim(keys: string): VimCommand | "more" | "none" {
  const [, digits = "", rest = ""] = keys.match(/^([1-9]\d{0,3})?(.*)$/s) ?? [];
  if (rest === "") return "more";
  const [first = ""] = rest;
  if (OPERATORS.includes(first)) return operated(first as "d", digits, rest.slice(1));
  return whole(rest, SINGLE + MOTIONS, { count: Number(digits || "1"), operator: null });
}

function operated(operator: "d" | "c" | "y", before: string, after: string): VimCommand | "more" | "none" {
  const [, digits = "", rest = ""] = after.match(/^([1-9]\d{0,3})?(.*)$/s) ?? [];
  const command = { count: Number(before || "1") * Number(digits || "1"), operator };
  if (rest === "") return "more";
  if (rest === operator) return { ...command, rest };
  if (/^[ia]/.test(rest)) return rest.length === 1 ? "more" : { ...command, rest };
  return whole(rest, MOTIONS, command);
}

function whole(rest: string, known: string, command: Omit<VimCommand, "rest">): VimCommand | "more" | "none" {
  if (/^[fFtTr]/.test(rest) && (command.operator === null || !rest.startsWith("r")))
    return rest.length === 1 ? "more" : { ...command, rest };
  if (rest.startsWith("g")) return rest === "g" ? "more" : rest === "gg" ? { ...command, rest } : "none";
  return known.includes(rest) && rest.length === 1 ? { ...command, rest } : "none";
}
