import { permissions } from "../disk/inode.ts";

/** A file on one side of a patch. */
interface PatchSide {
  path: string;
  mode: number;
}

/** The names of a patch's two sides, below the workspace, so that `git apply` and `patch -p1` take it from there. */
export function patchNames(before: PatchSide | null, after: PatchSide | null, root: string): [string, string] {
  const near = ({ path }: PatchSide) => (path.startsWith(`${root}/`) ? path.slice(root.length) : path);
  return [before ? `a${near(before)}` : "/dev/null", after ? `b${near(after)}` : "/dev/null"];
}

/** Lines that say what a hunk cannot: that a file is new, gone or renamed, or may be run; as git has them. */
export function patchHeader(before: PatchSide | null, after: PatchSide | null, root: string): string {
  const shown = after ?? before;
  const [old, now] = patchNames(before ?? shown, after ?? shown, root);
  const lines = [`diff --git ${quotedName(old)} ${quotedName(now)}`];
  if (!before && after) lines.push(`new file mode ${gitMode(after)}`);
  if (before && !after) lines.push(`deleted file mode ${gitMode(before)}`);
  if (before && after && gitMode(before) !== gitMode(after))
    lines.push(`old mode ${gitMode(before)}`, `new mode ${gitMode(after)}`);
  if (before && after && before.path !== after.path)
    lines.push(`rename from ${quotedName(old.slice("a/".length))}`, `rename to ${quotedName(now.slice("b/".length))}`);
  return `${lines.join("\n")}\n`;
}

/** Letters that git puts in the place of characters (quote.c of git has the same). */
const LETTERS = new Map([..."abtnvfr"].map((letter, i) => [7 + i, letter]));

/** A name as git writes one that would end its line, or that looks like a quoted one. */
function quotedName(name: string): string {
  const special = /[\x00-\x1f\x7f"\\]/g;
  const quoted = name.replace(special, (character) => {
    const code = character.charCodeAt(0);
    return `\\${code > 0x1f && code < 0x7f ? character : (LETTERS.get(code) ?? code.toString(8).padStart(3, "0"))}`;
  });
  return quoted === name ? name : `"${quoted}"`;
}

/** Ends the two names that a diff begins with by a tab where they have a space: else `patch` takes a name up to that. */
export function endNames(diff: string): string {
  return diff.replace(/^(--- .*)\n(\+\+\+ .*)\n/, (_, ...names: string[]) =>
    names
      .slice(0, 2)
      .map((name) => `${name}${name.indexOf(" ", "--- ".length) > 0 ? "\t" : ""}\n`)
      .join(""),
  );
}

/** git knows of a file whether its owner may run it. */
const gitMode = ({ mode }: PatchSide) => (permissions(mode) & 0o100 ? "100755" : "100644");
