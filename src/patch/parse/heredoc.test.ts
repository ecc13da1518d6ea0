import { expect, test } from "bun:test";
import { findHeredocPatch } from "./heredoc.ts";

const PATCH = "*** Begin Patch\n*** Delete File: a\n*** End Patch\n";

test.each([
  ["single quotes", `apply_patch <<'EOF'\n${PATCH}EOF`, null],
  ["double quotes", `apply_patch << "PATCH"\n${PATCH}PATCH\n`, null],
  ["bare word", `apply_patch <<EOF\n${PATCH}EOF\n`, null],
  ["other spelling", `applypatch <<'EOF'\n${PATCH}EOF\n`, null],
  ["cd before it", `cd sub/dir && apply_patch <<'EOF'\n${PATCH}EOF\n`, "sub/dir"],
  ["cd to a quoted directory", `cd 'my dir' && apply_patch <<'EOF'\n${PATCH}EOF\n`, "my dir"],
  ["blank lines around", `\n\n  apply_patch <<'EOF'\n${PATCH}EOF\n\n`, null],
  ["CRLF", `apply_patch <<'EOF'\n${PATCH}EOF\n`.replaceAll("\n", "\r\n"), null],
])("%s is the whole command", (_, script, cwd) => {
  expect(findHeredocPatch(script)).toEqual({ patch: PATCH, cwd });
});

test.each([
  ["another command after it", `apply_patch <<'EOF'\n${PATCH}EOF\nrm -rf x`],
  ["a command after the opening", `apply_patch <<'EOF' && rm x\n${PATCH}EOF`],
  ["another command before it", `ls; apply_patch <<'EOF'\n${PATCH}EOF`],
  ["a pipe", `cat <<'EOF' | apply_patch\n${PATCH}EOF`],
  ["a variable in the directory", `cd $HOME && apply_patch <<'EOF'\n${PATCH}EOF`],
  ["a command in the directory", `cd "\`id\`" && apply_patch <<'EOF'\n${PATCH}EOF`],
  ["two directories", `cd a b && apply_patch <<'EOF'\n${PATCH}EOF`],
  ["a different closing word", `apply_patch <<'EOF'\n${PATCH}FOE`],
  ["the closing word twice", `apply_patch <<'EOF'\n${PATCH}EOF\nid\nEOF`],
  ["an argument", `apply_patch '${PATCH}'`],
  ["nothing of the kind", "ls -la"],
  ["nothing", ""],
])("%s is left to the shell", (_, script) => {
  expect(findHeredocPatch(script)).toBeNull();
});
