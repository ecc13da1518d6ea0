import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { Fixture } from "./fixture.ts";
import { discoverInstructions, type InstructionsInput, renderInstructions } from "./instructions.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.remove());

function discover(cwd: string, change: Partial<InstructionsInput> = {}, limit = 32_768) {
  return discoverInstructions({
    cwd,
    moat_home: fixture.moat_home,
    config: {
      project_doc_max_bytes: limit,
      project_doc_fallback_filenames: ["CLAUDE.md", "GEMINI.md"],
      project_root_markers: [".git"],
    },
    trusted: false,
    extra: null,
    ...change,
  });
}

describe("which files", () => {
  test("global, then root to cwd, one a directory: override, AGENTS.md, fallbacks", () => {
    fixture.write(".moat/AGENTS.md", "global\n");
    fixture.write("AGENTS.md", "above the project: never read");
    fixture.write("work/CLAUDE.md", "claude");
    fixture.write("work/GEMINI.md", "gemini");
    fixture.write("work/a/AGENTS.md", "a");
    fixture.write("work/a/CLAUDE.md", "hidden by AGENTS.md");
    fixture.write("work/a/b/AGENTS.md", "hidden by the override");
    fixture.write("work/a/b/AGENTS.override.md", "b");
    fixture.write("work/a/b/c/AGENTS.md", "below cwd: never read");
    const found = discover(join(fixture.project, "a/b"));
    expect(found.parts.map((p) => [p.scope, p.text])).toEqual([
      ["global", "global"],
      ["project", "claude"],
      ["project", "a"],
      ["project", "b"],
    ]);
    expect(found.warnings).toEqual([]);
    expect(renderInstructions(found, "/w")).toBe(
      "# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>\nglobal\n\n--- project-doc ---\n\nclaude\n\na\n\nb\n</INSTRUCTIONS>",
    );
  });

  test("a global override wins over the global AGENTS.md; fallbacks do not count there", () => {
    fixture.write(".moat/CLAUDE.md", "no");
    fixture.write(".moat/AGENTS.md", "plain");
    expect(discover(fixture.project).parts.map((p) => p.text)).toEqual(["plain"]);
    fixture.write(".moat/AGENTS.override.md", "override");
    expect(discover(fixture.project).parts.map((p) => p.text)).toEqual(["override"]);
  });

  test("a project's file without text switches off what stands behind it, a global one does not", () => {
    fixture.write("work/AGENTS.override.md", " \n");
    fixture.write("work/AGENTS.md", "off");
    fixture.write("work/a/AGENTS.md", "a");
    fixture.write("work/a/b/AGENTS.md", "");
    fixture.write("work/a/b/CLAUDE.md", "off");
    expect(renderInstructions(discover(fixture.project), "/w")).toBeNull();
    expect(discover(join(fixture.project, "a/b")).parts.map((p) => p.text)).toEqual(["a"]);
    fixture.write(".moat/AGENTS.override.md", "\n");
    fixture.write(".moat/AGENTS.md", "global");
    expect(discover(fixture.project).parts.map((p) => p.text)).toEqual(["global"]);
  });

  test("without a root marker only cwd is looked at", () => {
    fixture.write("loose/AGENTS.md", "above");
    fixture.write("loose/deep/AGENTS.md", "here");
    expect(discover(join(fixture.home, "loose/deep")).parts.map((p) => p.text)).toEqual(["here"]);
  });

  test("--project-doc is read last, and told about when it is not there", () => {
    fixture.write("work/AGENTS.md", "a");
    const extra = { file: "extra.md", text: "extra\n" };
    expect(discover(fixture.project, { extra }).parts.map((p) => p.text)).toEqual(["a", "extra\n"]);
    const missing = discover(fixture.project, { extra: { file: "/nowhere.md", problem: "there is no such file" } });
    expect(missing.warnings[0]).toContain("/nowhere.md was left out");
  });
});

describe("budget", () => {
  test("the file that passes it is cut at a character, later ones are left out, both with a warning", () => {
    fixture.write(".moat/AGENTS.md", "g".repeat(100));
    fixture.write("work/AGENTS.md", "äöü€");
    fixture.write("work/a/AGENTS.md", "later");
    const found = discover(join(fixture.project, "a"), {}, 8);
    expect(found.parts.map((p) => [p.text, p.bytes, p.dropped])).toEqual([
      ["g".repeat(100), 100, 0],
      ["äöü", 6, 3],
    ]);
    expect(found.warnings[0]).toContain("was cut to its first 6 of 9 bytes");
    expect(found.warnings[1]).toContain("a/AGENTS.md was left out");
  });

  test("a file that fits to the byte is whole; 0 switches the project's files off", () => {
    fixture.write("work/AGENTS.md", "12345678\n");
    expect(discover(fixture.project, {}, 8)).toMatchObject({ parts: [{ text: "12345678", dropped: 1 }], warnings: [] });
    expect(discover(fixture.project, {}, 0)).toMatchObject({ parts: [], warnings: [] });
  });
});

describe("hostile files", () => {
  test("a link out of the project is not followed until the folder is trusted; one inside is", () => {
    const secret = fixture.write(".ssh/id", "secret");
    symlinkSync(secret, join(fixture.project, "AGENTS.md"));
    fixture.write("work/docs/rules.md", "inside");
    symlinkSync("docs/rules.md", join(fixture.project, "CLAUDE.md"));
    const found = discover(fixture.project);
    expect(found.parts.map((p) => p.text)).toEqual(["inside"]);
    expect(found.warnings[0]).toContain("a link to a file outside");
    expect(discover(fixture.project, { trusted: true }).parts.map((p) => p.text)).toEqual(["secret"]);
  });

  test("a directory, a device and a broken link are not read", () => {
    symlinkSync("/dev/zero", join(fixture.project, "AGENTS.override.md"));
    fixture.write("work/AGENTS.md/x", "");
    symlinkSync("nowhere", join(fixture.project, "CLAUDE.md"));
    const found = discover(fixture.project);
    expect(found.parts).toEqual([]);
    expect(found.warnings).toHaveLength(2);
  });

  test("an import stays text", () => {
    fixture.write("work/AGENTS.md", "@../.ssh/id\n@~/.ssh/id");
    expect(discover(fixture.project).parts[0]?.text).toBe("@../.ssh/id\n@~/.ssh/id");
  });
});
