// The built binary with the same hooks, in the files of both programs: what they do, but for what the table says of moat.
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { world } from "../harness.ts";
import { HOOK_CASES, type HookAnswer, type HookCase } from "./hook-cases.ts";
import { hookAnswer, hookScript, hooksOf } from "./run-case.ts";

/** `codex`: in the user's hooks.json. `claude`: in the project's settings of Claude Code, trusted. */
async function answer(one: HookCase, form: "claude" | "codex"): Promise<HookAnswer> {
  const hooks = JSON.stringify({ hooks: hooksOf(one) });
  await using w = await world(hookScript(one, "codex"), form === "claude" ? { ".claude/settings.json": hooks } : {});
  mkdirSync(w.moat_home);
  if (form === "codex") writeFileSync(join(w.moat_home, "hooks.json"), hooks);
  const { exit } = await w.moat(["exec", "--json", "--trust", "-s", "danger-full-access", "go"]);
  return hookAnswer(exit, w.home, w.server.requests);
}

for (const form of ["claude", "codex"] as const) {
  describe(`in a file of ${form}`, () => {
    for (const one of HOOK_CASES) {
      test.concurrent(one.name, async () =>
        expect(await answer(one, form)).toEqual({ ...one[form], ...one.moat?.[form] }),
      );
    }
  });
}
