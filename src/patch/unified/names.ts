/** The two names of a file in a diff; null: /dev/null. */
export interface Names {
  before: string | null;
  after: string | null;
}

/** The name in a `--- NAME` or `+++ NAME` line, without the time that `diff -u` puts after a tab. */
export function nameInHeader(line: string): string | null {
  const rest = line.slice(4);
  const name = rest.startsWith('"') ? unquote(rest) : (rest.split("\t")[0] ?? "").trimEnd();
  return name === "/dev/null" ? null : name;
}

/**
 * Names without git's `a/` and `b/`. They are prefixes when the two sides differ in them; a diff made with `--no-prefix` has
 * the same first directory on both sides. With `diff.mnemonicPrefix` git writes i, w, c and o instead.
 */
export function stripPrefixes(before: string | null, after: string | null, git: boolean): Names {
  const allowed = git ? /^[abiwco]\// : /^[ab]\//;
  const names = [before, after].filter((name) => name !== null);
  const all = names.every((name) => allowed.test(name));
  const differ = names.length < 2 || names[0]?.[0] !== names[1]?.[0];
  if (!all || !differ) return { before, after };
  return { before: before?.slice(2) ?? null, after: after?.slice(2) ?? null };
}

/** The names in a `diff --git` line, which only tells them apart when both are the same; null otherwise. */
export function pathsOfGitHeader(line: string): Names | null {
  const rest = line.slice("diff --git ".length).trimEnd();
  const quoted = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(rest);
  const middle = (rest.length - 1) / 2;
  const before = quoted ? unquote(quoted[1] ?? "") : rest.slice(0, middle);
  const after = quoted ? unquote(quoted[2] ?? "") : rest.slice(middle + 1);
  if (before === after) return { before, after };
  const names = stripPrefixes(before, after, true);
  return names.before === names.after && names.before !== "" ? names : null;
}

const ESCAPES: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, "\\": 92 };

/** A name as git quotes it: C escapes and octal bytes of UTF-8 between double quotes. Other names come back as they are. */
export function unquote(name: string): string {
  const inner = /^"((?:[^"\\]|\\.)*)"/.exec(name)?.[1];
  if (inner === undefined) return name;
  const bytes: Buffer[] = [];
  for (const [token, octal, letter] of inner.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gs)) {
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 0xff]));
    else if (letter !== undefined) bytes.push(Buffer.from([ESCAPES[letter] ?? letter.charCodeAt(0)]));
    else bytes.push(Buffer.from(token));
  }
  return Buffer.concat(bytes).toString("utf8");
}
