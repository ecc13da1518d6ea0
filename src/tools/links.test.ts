// What a person is asked about names the places that links lead to.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPatch } from "./apply-patch.ts";
import { execCommand } from "./exec-command.ts";
import { shell } from "./shell.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-links-")));
const [work, out] = [join(base, "work"), join(base, "out")];
beforeAll(() => {
  mkdirSync(work);
  mkdirSync(out);
  writeFileSync(join(out, "f"), "a\n");
  symlinkSync(out, join(work, "directory"));
  symlinkSync(join(out, "f"), join(work, "file"));
  symlinkSync("loop", join(work, "loop"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The paths that a patch is asked about. */
async function asked(...lines: string[]): Promise<(string | undefined)[]> {
  const parsed = await applyPatch.parse(`*** Begin Patch\n${lines.join("\n")}\n*** End Patch\n`, work);
  const effect = parsed.ok === true ? applyPatch.effect(parsed.args, work) : null;
  return effect?.kind === "patch"
    ? effect.changes.flatMap(({ path, move_path }) => [path, move_path ?? []].flat())
    : [];
}

test("a patch: the file that is written, the link that is removed or moved", async () => {
  const update = (path: string) => [`*** Update File: ${path}`, "@@", "-a", "+b"];
  expect(await asked(...update("file"))).toEqual([join(out, "f")]);
  expect(await asked(...update("directory/f"))).toEqual([join(out, "f")]);
  expect(await asked("*** Add File: directory/new/x", "+a")).toEqual([join(out, "new", "x")]);
  expect(await asked("*** Add File: file", "+a")).toEqual([join(out, "f")]);
  expect(await asked("*** Delete File: file")).toEqual([join(work, "file")]);
  expect(await asked("*** Delete File: directory/f")).toEqual([join(out, "f")]);
  expect(await asked("*** Update File: file", "*** Move to: directory/g")).toEqual([
    join(work, "file"),
    join(out, "g"),
  ]);
  expect(await asked(...update("loop"))).toEqual([join(work, "loop")]);
  expect(await asked(...update("plain"))).toEqual([join(work, "plain")]);
});

test("a directory to run in", async () => {
  for (const workdir of ["directory", join(work, "directory"), "./directory/../../out"]) {
    const [one, two] = [
      await execCommand.parse(JSON.stringify({ cmd: "pwd", workdir }), work),
      await shell.parse(JSON.stringify({ command: ["pwd"], workdir }), work),
    ];
    expect([one, two]).toMatchObject([{ args: { cwd: out } }, { args: { cwd: out } }]);
  }
  expect(await execCommand.parse(JSON.stringify({ cmd: "pwd", workdir: "none" }), work)).toMatchObject({
    args: { cwd: join(work, "none") },
  });
});

test("a patch in a directory behind a link starts there", async () => {
  const cmd = "apply_patch <<'EOF'\n*** Begin Patch\n*** Delete File: f\n*** End Patch\nEOF";
  expect(await execCommand.parse(JSON.stringify({ cmd, workdir: "directory" }), work)).toMatchObject({ workdir: out });
});
