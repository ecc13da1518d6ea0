import { expect, test } from "bun:test";
import { parsePatch } from "./index.ts";
import { editContent, joined } from "./update.ts";

/** A file after an update whose hunk is given without its frame. */
function updated(content: string, hunk: string): string {
  const parsed = parsePatch(`*** Begin Patch\n*** Update File: f\n@@\n${hunk}\n*** End Patch`);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const [file] = parsed.value.files;
  if (file?.kind !== "update") throw new Error("no update");
  return Buffer.from(joined(editContent([Buffer.from(content)], file, false).pieces)).toString();
}

test("a Makefile keeps its tabs", () => {
  expect(updated("all:\n\techo old\n", " all:\n-    echo old\n+    echo new")).toBe("all:\n\techo new\n");
});

test("deeper levels, by the width that a level has in the patch", () => {
  const hunk = " f() {\n-  if (a)\n-    b();\n+  if (a) {\n+    b();\n+      c();\n+  }";
  expect(updated("f() {\n\tif (a)\n\t\tb();\n}\n", hunk)).toBe("f() {\n\tif (a) {\n\t\tb();\n\t\t\tc();\n\t}\n}\n");
});

test("spaces where the patch has tabs", () => {
  expect(updated("a:\n  b\n  c\n", " a:\n-\tb\n+\tx\n+\t\ty")).toBe("a:\n  x\n    y\n  c\n");
});

test("of one kind, the indent of the patch says how deep a new line is", () => {
  expect(updated("  if x:\n    y\n  z\n", " if x:\n-  y\n+    Y\n z")).toBe("  if x:\n    Y\n  z\n");
});

test("where the indent is the same, a new one is the patch's own", () => {
  expect(updated("a\n  b\n", " a\n-  b\n+    b")).toBe("a\n    b\n");
});

test("blank lines stay blank", () => {
  expect(updated("all:\n\techo old\n", " all:\n-    echo old\n+    echo a\n+\n+    echo b")).toBe(
    "all:\n\techo a\n\n\techo b\n",
  );
});

test("a new line that is less deep than any old one is as the patch has it", () => {
  expect(updated("all:\n\techo old\n", "-    echo old\n+    echo new\n+  note")).toBe("all:\n\techo new\n  note\n");
});

test("an old line that is blank says nothing of the indent, whatever stands in it", () => {
  expect(updated("all:\n\techo old\n\t\nend:\n", "-    echo old\n+    echo new\n \n+last:")).toBe(
    "all:\n\techo new\n\t\nlast:\nend:\n",
  );
});
