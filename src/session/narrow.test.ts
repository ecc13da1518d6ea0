// A thread never goes on with more than its last turn had, also when its file does not tell any more what that was.
import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import type { SandboxMode, TurnContext } from "../protocol/index.ts";
import { readThread } from "./index.ts";
import { sampleContext, sampleTurn, tempHome } from "./sample.suite.ts";

const full: TurnContext = { ...sampleContext, approval_policy: "never", sandbox_mode: "danger-full-access" };
const least = { sandbox_mode: "read-only", approval_policy: "on-request" };

/** A thread of two turns, the second with `context`, after `change` was made to the line that began it. */
function reread(change: (line: string) => string, context: TurnContext = full, closed = true) {
  using home = tempHome();
  const second = closed ? sampleTurn(1, { context }) : sampleTurn(1, { context }).slice(0, 3);
  const path = home.thread("t", [...sampleTurn(0, { context: full }), ...second]);
  const lines = readFileSync(path, "utf8").split("\n");
  const at = lines.findLastIndex((line) => line.includes('"turn.started"'));
  writeFileSync(path, lines.map((line, index) => (index === at ? change(line) : line)).join("\n"));
  return readThread(path).context;
}

describe("the line that began the last turn", () => {
  test.each([
    ["is whole", (line: string) => line, true, { sandbox_mode: "danger-full-access", approval_policy: "never" }],
    ["is damaged", (line: string) => `${line.slice(0, -9)}\0\0\0}`, true, least],
    ["is damaged, and the turn never ended", (line: string) => `${line.slice(0, -9)}\0\0\0}`, false, least],
    ["is gone", () => "", true, least],
    ["is garbage", () => "garbage", true, least],
  ])("%s", (_, change, closed, wanted) => expect(reread(change, full, closed)).toMatchObject(wanted));

  test("a switch to plan mode counts without a turn after it, and so does one out of it; nothing else does", () => {
    using home = tempHome();
    const after_plan = { sandbox_mode: full.sandbox_mode, approval_policy: full.approval_policy };
    const planned: TurnContext = { ...full, sandbox_mode: "read-only", after_plan };
    const changed = (...contexts: TurnContext[]) =>
      readThread(
        home.thread(`t${contexts.length}`, [
          ...sampleTurn(0, { context: full }),
          ...contexts.map((context) => ({ type: "settings.changed" as const, context })),
        ]),
      ).context;
    expect(changed({ ...full, model: "other" })).toEqual(full);
    expect(changed(full, planned)).toEqual(planned);
    expect(changed(planned, planned, { ...full, model: "other" })).toMatchObject({ model: "other", ...after_plan });
  });

  test("plan mode stays plan mode, and what comes after it is read as carefully", () => {
    const planned = {
      ...full,
      ...least,
      approval_policy: "never",
      after_plan: { sandbox_mode: "wide", approval_policy: 7 },
    };
    expect(reread((line) => line, planned as never)?.after_plan).toEqual(least as never);
  });

  test("what an imported thread leaves to the user is read as carefully: a mode that is none leaves room for the least", () => {
    const untold = { model: true, model_provider: "x", sandbox_mode: "wide", approval_policy: "never", more: 1 };
    expect(reread((line) => line, { ...full, untold } as never)?.untold).toEqual({
      model: true,
      sandbox_mode: "read-only",
      approval_policy: "never",
    });
    expect(reread((line) => line, { ...full, untold: null } as never)?.untold).toEqual({});
    // A turn whose line is lost had the least, whoever says it else.
    using home = tempHome();
    const left = {
      model: true as const,
      sandbox_mode: "danger-full-access" as const,
      approval_policy: "never" as const,
    };
    const path = home.thread("t", [
      ...sampleTurn(0, { context: { ...full, untold: left } }),
      ...sampleTurn(1).slice(1),
    ]);
    expect(readThread(path).context).toMatchObject({ ...least, untold: { model: true } } as never);
    expect(readThread(path).context?.untold).toEqual({ model: true });
  });

  test.each([
    [{ sandbox_mode: "boundless" }, { ...least, approval_policy: "never" }],
    [{ sandbox_mode: 7 }, { ...least, approval_policy: "never" }],
    [{ sandbox_mode: undefined }, { ...least, approval_policy: "never" }],
    [{ approval_policy: "whatever" }, { ...least, sandbox_mode: "danger-full-access" }],
    [{ sandbox_mode: "external" as SandboxMode }, { sandbox_mode: "external", approval_policy: "never" }],
  ])("%j", (said, wanted) => {
    expect(reread((line) => line, { ...full, ...said } as TurnContext)).toMatchObject(wanted);
  });
});
