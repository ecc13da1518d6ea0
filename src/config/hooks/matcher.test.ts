// Which tools a matcher fits, in every way in which one is written.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Fixture } from "../fixture.ts";
import { fitsNothing } from "./fits-nothing.ts";
import { matcherProblem, matches } from "./matcher.ts";

/** Subjects of the tools that moat has, and of one that an MCP server may have. */
const TOOLS = {
  bash: ["Bash", "shell", "exec_command"],
  patch: ["apply_patch", "Edit", "Write", "MultiEdit"],
  mcp: ["mcp__git-hub__list.files"],
};
const fits = (matcher: string | null) =>
  Object.entries(TOOLS)
    .filter(([, subjects]) => matches(matcher, subjects))
    .map(([name]) => name)
    .join(" ");
const EVERY = "bash patch mcp";

describe("readable", () => {
  test.each([
    [null, EVERY],
    ["", EVERY],
    ["  ", EVERY],
    ["*", EVERY],
    [" * ", EVERY],
    [".*", EVERY],
    ["Bash", "bash"],
    ["bash", ""],
    ["Ba", ""],
    [" Bash", "bash"],
    ["Bash\n", "bash"],
    ["Bash,", "bash"],
    ["Bash|", "bash"],
    ["Edit|Bash", "bash patch"],
    ["Edit | Bash", "bash patch"],
    ["Edit| Bash", "bash patch"],
    ["Edit, Bash", "bash patch"],
    ["Edit,Bash", "bash patch"],
    ["Edit Bash", "bash patch"],
    ["Read, Grep", ""],
    ["Read, *", EVERY],
    ["^Bash$", "bash"],
    ["^(?:Edit|Write)$", "patch"],
    ["^(?!Bash|shell|exec)", "patch mcp"],
    ["(Edit|Bash){1,2}", "bash patch"],
    ["[A-F, ]dit", "patch"],
    ["^\\w{4}$", "bash patch"],
    ["mcp__.*", "mcp"],
    ["mcp__git-hub__list.files", "mcp"],
    ["mcp__git-hub__.*, Bash", "bash mcp"],
    ["Bash |mcp__git-hub", "bash mcp"],
  ])("%j", (matcher, wanted) => {
    expect(fits(matcher)).toBe(wanted);
    expect(matcherProblem(matcher)).toBeNull();
  });
});

describe("unreadable: it fits everything", () => {
  test.each([
    ["(", "regular expression"],
    ["*Edit", "regular expression"],
    ["(Edit, Bash)", "regular expression"],
    ["(?i)bash", "regular expression"],
    ["\\ABash\\z", "regular expression"],
    ["\\p{Lu}ash", "regular expression"],
    ["/Bash/", "no name has /"],
    ['"Bash"', 'no name has "'],
    ["Bash(git:*)", "no name has :"],
    ["Edit;Bash", "no name has ;"],
    ["|", "names nothing"],
    [" , ", "names nothing"],
  ])("%j", (matcher, why) => {
    expect(fits(matcher)).toBe(EVERY);
    expect(matcherProblem(matcher)).toContain(why);
  });
});

describe("a matcher that nothing fits", () => {
  test.each([
    ["PreToolUse", "bash", "perhaps Bash was meant"],
    ["PreToolUse", "Read|Grep", "there are Bash, shell"],
    ["PostToolUse", "^(Read|Grep)$", "there are Bash, shell"],
    ["PreToolUse", "^Read", "there are Bash, shell"],
    ["PreToolUse", "mcp__files", "there are Bash, shell"],
    ["PostToolUseFailure", "edit, write", "perhaps Edit was meant"],
    ["SessionStart", "clear", "there are startup, resume, compact"],
    ["PreCompact", "automatic", "there are manual, auto"],
    ["SessionEnd", "logout", "there are other"],
  ] as const)("%s %s", (event, matcher, why) => expect(fitsNothing(matcher, event)).toContain(why));

  test.each([
    ["PreToolUse", "Read|Bash"],
    ["PreToolUse", "Read, Edit"],
    ["PreToolUse", "mcp__files__read"],
    ["PreToolUse", "Read.*"],
    ["PreToolUse", "^(?!Read)"],
    ["PreToolUse", "^(view_image|AskUserQuestion|ExitPlanMode|update_plan)$"],
    ["PreToolUse", "("],
    ["PreToolUse", ""],
    ["PreToolUse", null],
    ["Stop", "Read"],
    ["UserPromptSubmit", "Read"],
    ["SubagentStop", "reviewer"],
    ["SessionStart", "startup|clear"],
    ["SessionStart", "^start"],
  ] as const)("but not: %s %s", (event, matcher) => expect(fitsNothing(matcher, event)).toBeNull());
});

test("an event that is about nothing runs its hooks, whatever their matcher", () => {
  for (const matcher of ["Bash", "^x$", "("]) expect(matches(matcher, [])).toBe(true);
});

describe("in files", () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = new Fixture();
  });
  afterEach(() => fixture.remove());
  const file = (...matchers: unknown[]) =>
    JSON.stringify({
      hooks: { PreToolUse: matchers.map((matcher) => ({ matcher, hooks: [{ type: "command", command: "true" }] })) },
    });

  test("a matcher that cannot be read is said at start, once, with its file", async () => {
    const path = fixture.write(".moat/hooks.json", file("/Bash/", "/Bash/", "Edit, Bash"));
    const { warnings } = await fixture.loaded();
    expect(warnings).toEqual([
      `${path}: the matcher "/Bash/" of hooks.PreToolUse cannot be read: no name has / in it. Its programs run at every PreToolUse. Write names, joined by | or commas, or a regular expression.`,
    ]);
  });

  test("one that nothing fits is said, too", async () => {
    const path = fixture.write(".moat/hooks.json", file("Write|Bash", "bash"));
    const { warnings } = await fixture.loaded();
    expect(warnings).toEqual([
      `${path}: the matcher "bash" of hooks.PreToolUse fits nothing that moat has, so that its programs never run: perhaps Bash was meant.`,
    ]);
  });

  test("a list of names in JSON is one; what is no text guards everything", async () => {
    fixture.write(".moat/hooks.json", file(["Edit", "Bash"], { tool: "Bash" }, 5));
    const { hooks, warnings } = await fixture.loaded();
    expect(hooks.map(({ matcher }) => fits(matcher))).toEqual(["bash patch", EVERY, EVERY]);
    expect(warnings).toHaveLength(2);
  });

  test("of a project's file only when its hooks run", async () => {
    fixture.write("work/.claude/settings.json", file("("));
    const about = (warnings: string[]) => warnings.filter((text) => text.includes("the matcher"));
    expect(about((await fixture.loaded()).warnings)).toEqual([]);
    expect(about((await fixture.loaded({ trust: true })).warnings)).toHaveLength(1);
  });
});
