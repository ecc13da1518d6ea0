/** `cd DIR &&` with a plain or quoted word; nothing that a shell would expand. */
const CHANGE_DIRECTORY = /^cd\s+(?:'([^'\n]+)'|"([^"$`\\\n]+)"|([^\s'"$`\\;&|<>(){}*?[\]~#!]+))\s*&&\s*/;
const OPENING = /^apply_?patch\s*<<\s*(?:'(\w+)'|"(\w+)"|(\w+))[ \t]*\n/;

/**
 * Finds a patch in a shell command that is nothing but `apply_patch <<'EOF' … EOF`, with or without `cd DIR &&` before it.
 * null for anything else: then the command is run by the shell as it stands.
 */
export function findHeredocPatch(script: string): { patch: string; cwd: string | null } | null {
  let rest = script.trim().replaceAll("\r\n", "\n");
  const directory = CHANGE_DIRECTORY.exec(rest);
  if (directory) rest = rest.slice(directory[0].length);
  const opening = OPENING.exec(rest);
  if (!opening) return null;
  const word = opening[1] ?? opening[2] ?? opening[3] ?? "";
  const lines = rest.slice(opening[0].length).split("\n");
  // The first line that is the word alone ends the document; anything after it would be another command.
  if (lines.indexOf(word) !== lines.length - 1) return null;
  const cwd = directory ? (directory[1] ?? directory[2] ?? directory[3] ?? null) : null;
  return { patch: `${lines.slice(0, -1).join("\n")}\n`, cwd };
}
