/** What one part of a matcher fits: exactly this name, or a name in which the expression is found. */
type Part = string | RegExp;

/** What a matcher says. `always`: every subject. `unreadable`: nothing that can be obeyed, and why. */
type Matcher = { type: "always" } | { type: "parts"; parts: Part[] } | { type: "unreadable"; why: string };

/** Between the members of a list. Not inside `[…]` and `{…}`, where a comma or a blank belongs to an expression. */
const SEPARATOR = /[\s,]+(?![^[{]*[\]}])/;

/** The beginnings of groups that only say what kind of group it is. */
const GROUP_KIND = /\(\?(?:[:=!]|<[=!]|<\w+>)/g;

/** Names of tools have letters, digits, `_`, `-` and `.`; beside these an expression needs only its own signs. */
const FOREIGN = /[^\w.\-^$*+?()[\]{}|\\,\s]/;

/** Escapes of other dialects (`\A`, `\z`, `\p{…}`): here they would stand for the plain letter and fit nothing. */
const FOREIGN_ESCAPE = /\\(?![bBdDfnrsStvwWux])[A-Za-z]/;

/**
 * Whether a hook with this matcher runs for one of the subjects (the tool's name and its other names, or what the event is
 * about). An event without a subject runs all of its hooks, and so does a matcher that cannot be read: a guard must not fall
 * silent because of how its matcher was written.
 */
export function matches(matcher: string | null, subjects: readonly string[]): boolean {
  const read = readMatcher(matcher);
  if (subjects.length === 0 || read.type !== "parts") return true;
  return read.parts.some((part) =>
    subjects.some((subject) => (typeof part === "string" ? part === subject : part.test(subject))),
  );
}

/** What a matcher is made of; nothing when it fits everything, whether it says so or cannot be read. */
export function matcherParts(matcher: string | null): readonly (string | RegExp)[] {
  const read = readMatcher(matcher);
  return read.type === "parts" ? read.parts : [];
}

/** Why a matcher cannot be read; null when it can. */
export function matcherProblem(matcher: string | null): string | null {
  const read = readMatcher(matcher);
  return read.type === "unreadable" ? read.why : null;
}

/**
 * null, blanks and `*`: always. Else a list (commas or blanks between) of names joined by `|` and of regular expressions, as
 * Claude Code takes it; one name or one expression is a list of one.
 */
function readMatcher(matcher: string | null): Matcher {
  const text = matcher?.trim() ?? "";
  if (text === "" || text === "*") return { type: "always" };
  const foreign = FOREIGN.exec(text.replace(GROUP_KIND, "("))?.[0];
  if (foreign !== undefined) return { type: "unreadable", why: `no name has ${foreign} in it` };
  const words = text.split(SEPARATOR).map((word) => word.replace(/^\|+|\|+$/g, ""));
  const parts: Part[] = [];
  for (const word of words.filter((one) => one !== "")) {
    if (word === "*") return { type: "always" };
    const read = /^[\w|]+$/.test(word) ? word.split("|") : expression(word);
    if (read === null)
      return { type: "unreadable", why: `${JSON.stringify(word)} is no regular expression of JavaScript` };
    parts.push(...read);
  }
  return parts.length > 0 ? { type: "parts", parts } : { type: "unreadable", why: "it names nothing" };
}

function expression(source: string): Part[] | null {
  if (FOREIGN_ESCAPE.test(source)) return null;
  try {
    return [new RegExp(source)];
  } catch {
    return null;
  }
}
