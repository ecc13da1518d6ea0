import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Flags } from "../contract.ts";
import { fakeHost } from "../fixtures/host.ts";
import { run } from "./execpolicy.ts";

const cwd = mkdtempSync(join(tmpdir(), "moat-execpolicy-"));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, "a.rules"), 'prefix_rule(pattern=["git"], justification="fine")\n');
writeFileSync(join(cwd, "b.rules"), 'prefix_rule(pattern=["git", ["push", "fetch"]], decision="forbidden")\n');
writeFileSync(join(cwd, "bad.rules"), 'prefix_rule(pattern=["git"],\n  match=["ls"])\n');
writeFileSync(
  join(cwd, "seed.policy"),
  'define_program(program="cp", args=[ARG_RFILE, ARG_WFILE], system_path=["/bin/cp"])\n',
);

async function check(flags: Flags, rest: string[], args = ["check"]) {
  const { host, said } = fakeHost({ cwd, moat_home: cwd, home: cwd });
  const exit = await run({ args, rest, flags, host });
  return { exit, err: said.stderr, json: said.stdout === "" ? null : JSON.parse(said.stdout) };
}

describe("moat execpolicy check", () => {
  test("--rules: both rules that disagree, and the stricter decision", async () => {
    const { exit, json } = await check({ rules: ["a.rules", "b.rules"] }, ["git", "push", "origin"]);
    expect(exit).toBe(0);
    expect(json).toMatchObject({
      matchedRules: [
        { prefixRuleMatch: { matchedPrefix: ["git", "push"], decision: "forbidden", source: "b.rules:1" } },
        { prefixRuleMatch: { matchedPrefix: ["git"], decision: "allow", justification: "fine" } },
      ],
      decision: "forbidden",
    });
  });

  test("--rules without a match has no decision", async () => {
    const { json } = await check({ rules: ["a.rules"] }, ["make"]);
    expect(json.matchedRules).toEqual([]);
    expect("decision" in json).toBe(false);
  });

  test.each([
    [{ rules: ["a.rules"] }, ["git", "commit"], 0],
    [{ rules: ["b.rules"] }, ["git", "push"], 12],
    [{ rules: ["b.rules"] }, ["git", "status"], 0],
    [{ rules: ["b.rules"] }, ["make"], 12],
    [{ policy: "seed.policy" }, ["cp", "a", "b"], 12],
    [{ policy: "seed.policy" }, ["ls"], 12],
    [{}, ["bash", "-lc", "ls | wc -l"], 0],
    [{}, ["bash", "-lc", "ls | xargs rm"], 12],
  ])("--require-safe %p %p exits %d", async (flags, command, expected) => {
    expect((await check({ ...flags, "require-safe": true }, command)).exit).toBe(expected);
    expect((await check(flags, command)).exit).toBe(0);
  });

  test("--policy prints the seed's form", async () => {
    const { json } = await check({ policy: "seed.policy" }, ["cp", "a", "b"]);
    expect(json).toMatchObject({
      result: "match",
      match: {
        program: "cp",
        system_path: ["/bin/cp"],
        args: [{ type: "ReadableFile" }, { type: "WriteableFile", value: "b" }],
      },
    });
    expect((await check({ policy: "seed.policy" }, ["mv"])).json).toMatchObject({
      result: "unverified",
      error: { type: "NoSpecForProgram" },
    });
  });

  test("a file whose own examples fail is refused with line and column", async () => {
    expect(await check({ rules: ["bad.rules"] }, ["ls"])).toEqual({
      exit: 1,
      json: null,
      err: "moat execpolicy: bad.rules is not used:\n  bad.rules:2:10: the rule does not match its own example `ls`\n",
    });
    expect((await check({ rules: ["none.rules"] }, ["ls"])).err).toContain("cannot read none.rules");
  });

  test("without a command: usage", async () => {
    expect(await check({}, [])).toMatchObject({ exit: 2, err: expect.stringContaining("usage:") });
    expect((await check({}, ["ls"], ["verify"])).exit).toBe(2);
    expect((await check({}, [], ["check"])).exit).toBe(2);
  });
});
