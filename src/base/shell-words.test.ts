import { describe, expect, test } from "bun:test";
import { quoteWord, quoteWords, scriptOf } from "./shell-words.ts";

describe("words as the Codex CLI 0.169.0 quotes them", () => {
  test.each([
    ["ls", "ls"],
    ["a+-./:@]_a", "a+-./:@]_a"],
    ["", "''"],
    ["echo hi", "'echo hi'"],
    ["echo 'it'", `"echo 'it'"`],
    ['echo "a b"', `'echo "a b"'`],
    [`printf 'a\\n' "$HOME"`, `"printf 'a\\\\n' \\""'$HOME"'`],
    ["echo a^b", "'echo a''^b'"],
    ["echo 'x' \"y\" `z` \\q", `"echo 'x' \\"y\\" "'` + "`z` '" + `"\\\\q"`],
    ["echo a!b", "'echo a!b'"],
    [`echo '$x' "'"`, `"echo '"'$x'"' \\"'\\""`],
    ["a\\b", '"a\\\\b"'],
    ["a'^b", `"a'"'^b'`],
    ["x=1", "'x=1'"],
    ["{a,b}", "'{a,b}'"],
    ["é ü", "'é ü'"],
    ["'", `"'"`],
    ["^x", "'^x'"],
  ])("%p", (word, quoted) => expect(quoteWord(word)).toBe(quoted));
});

describe("the script in a line", () => {
  test.each(["ls", "echo 'it' && a\\b", 'x="$y"; ^a', "a\nb 'c'", "$(x) `y`"])("%p comes back whole", (script) => {
    expect(scriptOf(quoteWords(["/bin/bash", "-lc", script]))).toBe(script);
  });

  test.each(["/ws/sh -c ls", "/bin/bash -c ls -x", "/bin/bash -x ls", "/bin/bash -c 'ls", "sh -c 'a''b'"])(
    "none in %p",
    (line) => expect(scriptOf(line)).toBeNull(),
  );

  test("a shell takes every word as it was", async () => {
    const words = ["a'b", 'a"b', "a\\b", "$HOME", "`x`", "a^b", "!x", "", "~", "*", "a\nb", "'\"$\\^"];
    const line = `printf '%s\\0' ${quoteWords(words)}`;
    const child = Bun.spawnSync(["/bin/sh", "-c", line]);
    expect(child.stdout.toString().split("\0").slice(0, -1)).toEqual(words);
  });
});
