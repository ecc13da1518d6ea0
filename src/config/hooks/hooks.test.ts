import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fixture } from "../fixture.ts";
import { hooksFor, parseHooks } from "./hooks.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.remove());

const peer = (name: string) => readFileSync(join(import.meta.dir, "fixtures", name), "utf8");
const rows = (hooks: Awaited<ReturnType<Fixture["loaded"]>>["hooks"]) =>
  hooks.map((h) => [h.event, h.matcher, h.command, h.timeout_ms]);

describe("files of the peers work as they are", () => {
  test("a Claude Code settings.json in a trusted project", async () => {
    const file = fixture.write("work/.claude/settings.json", peer("claude-settings.json"));
    const { hooks, warnings } = await fixture.loaded({ trust: true });
    expect(rows(hooks)).toEqual([
      ["PreToolUse", "Bash", '"$CLAUDE_PROJECT_DIR"/.claude/hooks/guard.sh', 10_000],
      ["PostToolUse", "Edit|MultiEdit|Write", "npx prettier --write .", 60_000],
      ["UserPromptSubmit", null, "git branch --show-current", 60_000],
      ["SubagentStop", null, "true", 60_000],
      ["SessionEnd", null, "true", 3_000],
    ]);
    expect(hooks.every(({ form }) => form === "claude")).toBe(true);
    expect(hooks.every((h) => h.project && h.file === file && h.project_dir === fixture.project)).toBe(true);
    expect(warnings.map((w) => w.slice(file.length + 2))).toEqual([
      'a hook of Stop is of the kind "prompt", but moat only runs commands; that part is left out.',
    ]);
    expect(hooksFor(hooks, "PostToolUse", ["apply_patch", "Edit", "Write"])).toHaveLength(1);
  });

  test("a codex hooks.json, as the user's and as a project's", async () => {
    fixture.write(".moat/hooks.json", peer("codex-hooks.json"));
    fixture.write("work/.codex/hooks.json", peer("codex-hooks.json"));
    const { hooks } = await fixture.loaded({ trust: true });
    const expected = [
      ["SessionStart", "startup|resume", "cat .codex/notes.md", 60_000],
      ["PreToolUse", "^Bash$", "python3 .codex/hooks/pre.py", 30_000],
      ["PermissionRequest", "apply_patch|mcp__.*", "exit 0", 60_000],
      ["PreCompact", null, "date", 60_000],
      ["PostCompact", null, "date", 60_000],
    ];
    expect(rows(hooks)).toEqual([...expected, ...expected]);
    expect(hooks.map((h) => h.project)).toEqual([...Array(5).fill(false), ...Array(5).fill(true)]);
    expect(hooks.every(({ form }) => form === "codex")).toBe(true);
  });

  test("the user's hooks of Claude Code in a file of their own; one that cannot be read keeps moat from starting", async () => {
    const file = fixture.write(".moat/claude-hooks.json", peer("claude-settings.json"));
    const { hooks } = await fixture.loaded();
    expect(hooks).toHaveLength(5);
    for (const hook of hooks) expect(hook).toMatchObject({ file, form: "claude", project: false });
    fixture.write(".moat/claude-hooks.json", "{");
    expect((await fixture.errors())[0]?.message).toContain("this is not a hooks file");
  });

  test("an event that moat does not have is named", async () => {
    const hooks = { Interrupt: [{ hooks: [{ type: "command", command: "true" }] }] };
    const file = fixture.write(".moat/hooks.json", JSON.stringify({ hooks }));
    expect((await fixture.loaded()).warnings).toEqual([
      `${file}: moat has no event "Interrupt"; that part is left out.`,
    ]);
  });

  test("a program with its arguments, and one that is not waited for", () => {
    const { groups } = parseHooks(peer("claude-exec-form.json")) ?? { groups: new Map() };
    const [group] = groups.get("PostToolUse") ?? [];
    expect(group.hooks).toEqual([
      { command: `''"$CLAUDE_PROJECT_DIR"'/x y.sh' 'it'"'"'s'`, timeout: null, async: true },
    ]);
  });

  test("hooks in config.toml, of every layer", async () => {
    const line = (name: string) =>
      `[[hooks.Stop]]\nmatcher = "*"\nhooks = [{ type = "command", command = "${name}", timeout = 2 }]\n`;
    fixture.write(".moat/config.toml", line("user"));
    fixture.write(".moat/p.config.toml", line("profile"));
    fixture.write("work/.moat/config.toml", line("project"));
    const overrides = ['hooks.Stop=[{hooks=[{type="command",command="flag"}]}]'];
    const { hooks } = await fixture.loaded({ trust: true, profile: "p", overrides });
    expect(hooks.map((h) => [h.command, h.project])).toEqual([
      ["user", false],
      ["profile", false],
      ["flag", false],
      ["project", true],
    ]);
    expect((await fixture.loaded({ ignore_user: true })).hooks).toEqual([]);
  });
});

test("a user's hooks file that cannot be read keeps moat from starting: its guards would be missing", async () => {
  fixture.write(".moat/hooks.json", '{"hooks": {"PreToolUse": {}}}');
  expect((await fixture.errors())[0]?.message).toContain("this is not a hooks file");
});

test("the administrator can forbid the hooks of projects", async () => {
  fixture.write("requirements.toml", "allow_project_hooks = false\n");
  fixture.write(".moat/hooks.json", peer("codex-hooks.json"));
  fixture.write("work/.codex/hooks.json", peer("codex-hooks.json"));
  const { hooks, warnings } = await fixture.loaded({
    trust: true,
    requirements_path: join(fixture.home, "requirements.toml"),
  });
  expect(hooks.filter((h) => h.project)).toEqual([]);
  expect(hooks).toHaveLength(5);
  expect(warnings.some((w) => w.includes("allow_project_hooks = false"))).toBe(true);
});

test("parseHooks refuses what is no hooks file, and takes a settings file without hooks", () => {
  expect(
    [
      "",
      "[]",
      "1",
      '{"hooks": []}',
      '{"hooks": {"Stop": {}}}',
      '{"hooks": {"Stop": [{}]}}',
      '{"hooks": {"Stop": [{"hooks": [1]}]}}',
    ].map(parseHooks),
  ).toEqual(Array(7).fill(null));
  expect(parseHooks("{}")?.groups.size).toBe(0);
});
