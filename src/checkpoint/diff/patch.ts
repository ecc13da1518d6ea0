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
  const lines = [`diff --git ${old} ${now}`];
  if (!before && after) lines.push(`new file mode ${gitMode(after)}`);
  if (before && !after) lines.push(`deleted file mode ${gitMode(before)}`);
  if (before && after && gitMode(before) !== gitMode(after))
    lines.push(`old mode ${gitMode(before)}`, `new mode ${gitMode(after)}`);
  if (before && after && before.path !== after.path)
    lines.push(`rename from ${old.slice("a/".length)}`, `rename to ${now.slice("b/".length)}`);
  return `${lines.join("\n")}\n`;
}

/** git knows of a file whether its owner may run it. */
const gitMode = ({ mode }: PatchSide) => (permissions(mode) & 0o100 ? "100755" : "100644");
