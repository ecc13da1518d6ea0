// Skills, kinds of agents and prompts: what files of several programs define, as moat reads it.
import { describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { tempProject } from "../../testkit/index.ts";
import { discoverAgents } from "./agents.ts";
import { frontMatter } from "./front-matter.ts";
import { discoverPrompts, filledPrompt } from "./prompts.ts";
import { discoverSkills } from "./skills.ts";

const places = (home: { dir: string }, project: { dir: string } | null) => ({
  moat_home: `${home.dir}/.moat`,
  home: home.dir,
  project: project?.dir ?? null,
});

describe("the top of a file", () => {
  test.each([
    ["---\nname: a\n---\nbody\n", { fields: { name: "a" }, body: "body" }],
    ["---\r\nname: a\r\n---\r\nbody\r\n", { fields: { name: "a" }, body: "body" }],
    ["---\ndescription: Use when: it fits\n---\nx", { fields: { description: "Use when: it fits" }, body: "x" }],
    ["---\n- a\n---\nx", { fields: {}, body: "x" }],
    ["---\n---\nx", { fields: {}, body: "x" }],
    ["no top\n---\nname: a\n---\n", { fields: {}, body: "no top\n---\nname: a\n---" }],
  ])("%j", (text, wanted) => expect(frontMatter(text)).toEqual(wanted));
});

test("skills: from every place, the user's before the project's, by name and one line", () => {
  using home = tempProject({
    ".moat/skills/own/SKILL.md": "---\nname: pdf\ndescription: Mine.\n---\nsteps",
    ".claude/skills/release/SKILL.md": "---\nname: release\ndescription: >\n  Cut a\n  release.\n---\n",
    ".agents/skills/nothing/README.md": "no skill",
  });
  using project = tempProject({
    ".codex/skills/pdf/SKILL.md": "---\nname: pdf\ndescription: Theirs.\n---\n",
    ".agents/skills/plain/SKILL.md": "Just do it.\n",
  });
  expect(discoverSkills(places(home, project)).map(({ name, description }) => [name, description])).toEqual([
    ["pdf", "Mine."],
    ["release", "Cut a release."],
    ["plain", "Just do it."],
  ]);
  expect(discoverSkills(places(home, null)).map(({ name }) => name)).toEqual(["pdf", "release"]);
});

test("a link in a project leads nowhere", () => {
  using home = tempProject({ "secret.md": "---\ndescription: secret\n---\nkey" });
  using project = tempProject({ ".claude/agents/.keep": "", ".agents/skills/x/.keep": "" });
  symlinkSync(home.path("secret.md"), project.path(".claude/agents/x.md"));
  symlinkSync(home.path("secret.md"), project.path(".agents/skills/x/SKILL.md"));
  expect([discoverAgents(places(home, project)), discoverSkills(places(home, project))]).toEqual([[], []]);
});

test("agents: as Claude Code and opencode write them", () => {
  using home = tempProject({});
  using project = tempProject({
    ".claude/agents/reviewer.md":
      "---\nname: reviewer\ndescription: Reviews.\ntools: Read, Grep\nmodel: sonnet\n---\nBe strict.",
    ".claude/agents/fixer.md":
      "---\nname: fixer\ndescription: Repairs.\ntools: Read, Edit, Bash\nmodel: inherit\n---\nFix it.",
    ".opencode/agent/scout.md":
      "---\ndescription: Looks.\nmode: subagent\nmodel: small-1\ntools:\n  write: false\n---\nLook.",
    ".opencode/agent/build.md": "---\ndescription: Main.\nmode: primary\n---\nx",
    ".claude/agents/broken.md": "no top",
  });
  expect(discoverAgents(places(home, project))).toEqual([
    { name: "fixer", description: "Repairs.", instructions: "Fix it.", model: null, read_only: false },
    { name: "reviewer", description: "Reviews.", instructions: "Be strict.", model: null, read_only: true },
    { name: "scout", description: "Looks.", instructions: "Look.", model: "small-1", read_only: true },
  ]);
});

describe("prompts", () => {
  test("are named after their files", () => {
    using home = tempProject({
      ".moat/prompts/fix.md": "---\ndescription: Fix an issue\nargument-hint: NUMBER\n---\nFix issue $1.",
      ".codex/prompts/fix.md": "other",
      ".claude/commands/notes.txt": "no prompt",
    });
    expect(discoverPrompts(places(home, null))).toEqual([
      { name: "fix", description: "Fix an issue", usage: "NUMBER", text: "Fix issue $1." },
    ]);
  });
  test.each([
    ["Fix $1 with $2.", "12 'great care'", "Fix 12 with great care."],
    ["Say: $ARGUMENTS", "a  b", "Say: a  b"],
    ["Costs $$5, $2", "x", "Costs $5, "],
    ["Do it.", "now", "Do it.\n\nnow"],
    ["Do it: !`rm -rf /` @file", "", "Do it: !`rm -rf /` @file"],
  ])("%s | %s", (text, words, wanted) => expect(filledPrompt({ text }, words)).toBe(wanted));
});
