// What a trusted line starts is what was trusted, from the directory in which it runs, at the moment when it runs.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fixture } from "../fixture.ts";
import { answerTrust } from "../trust/trust.ts";
import { holdPrograms, lineProblem } from "./held.ts";
import type { HookInput } from "./input.ts";
import { fireHooks } from "./run-hook.ts";

let fixture: Fixture;
let canary: string;
beforeEach(() => {
  fixture = new Fixture();
  canary = join(fixture.root, "canary");
});
afterEach(() => fixture.remove());

/** A project whose hook guards every command; trusted, as it lies there, by a person who works in `cwd`. */
async function trusted(command: string, cwd = ".", file = "work/.moat/hooks.json") {
  const hooks = { PreToolUse: [{ hooks: [{ type: "command", command }] }] };
  fixture.write(file, JSON.stringify({ hooks }));
  const from = join(fixture.project, cwd);
  const asked = (await fixture.loaded({ cwd: from })).trust.question();
  if (asked) answerTrust(fixture.moat_home, asked, "trust");
  const { hooks: loaded } = await fixture.loaded({ cwd: from });
  const fire = () => {
    const input = { hook_event_name: "PreToolUse", cwd: from, tool_name: "Bash", tool_input: { command: "x" } };
    const context = {
      env: { PATH: process.env.PATH ?? "" },
      now: () => 0,
      home: fixture.home,
      within: [],
      leftOut: () => null,
    };
    return fireHooks(loaded, input as unknown as HookInput, context, new AbortController().signal);
  };
  return { loaded, fire };
}

const script = () => `#!/bin/sh\ntouch ${canary}\n`;

describe("a guard that cannot be run as it was trusted denies", () => {
  test("a program beside the hooks file of a directory below the root, changed where it runs", async () => {
    fixture.write("work/check.sh", "#!/bin/sh\nexit 0\n", 0o755);
    fixture.write("work/sub/check.sh", "#!/bin/sh\nexit 0\n", 0o755);
    const { fire } = await trusted("./check.sh", "sub", "work/sub/.moat/hooks.json");
    expect((await fire()).permission).toBeNull();
    fixture.write("work/sub/check.sh", script(), 0o755);
    const verdict = await fire();
    expect(verdict).toMatchObject({ permission: "deny" });
    expect(verdict.reason).toContain("sub/check.sh has changed since it was trusted");
    expect(existsSync(canary)).toBe(false);
  });

  const late: [line: string, file: string][] = [
    ["node_modules/.bin/lint", "work/node_modules/.bin/lint"],
    ["sh check.sh", "work/check.sh"],
    ["python3 ./check.py || true", "work/check.py"],
    ["npx --no-install lint || true", "work/node_modules/.bin/lint"],
    ["sh -c './check.sh || true'", "work/check.sh"],
    ["[ ! -f extra.sh ] || . ./extra.sh", "work/extra.sh"],
  ];
  for (const [line, file] of late) {
    test(`a program that was not there when it was trusted: ${line}`, async () => {
      const { fire } = await trusted(line);
      fixture.write(file, file.endsWith(".py") ? `open(${JSON.stringify(canary)}, "w")\n` : script(), 0o755);
      const verdict = await fire();
      expect(verdict).toMatchObject({ permission: "deny" });
      expect(verdict.reason).toContain("was not there when it was trusted");
      expect(existsSync(canary)).toBe(false);
      // The line really starts it.
      execFileSync("/bin/sh", ["-c", line], { cwd: fixture.project, stdio: "ignore" });
      expect(existsSync(canary)).toBe(true);
    });
  }

  test("a program above the size of a configuration file", async () => {
    const big = `#!/bin/sh\nexit 0\n${"#".repeat(5 * 1024 * 1024)}\n`;
    const path = fixture.write("work/big.sh", big, 0o755);
    const { fire, loaded } = await trusted("./big.sh");
    expect(loaded).toHaveLength(1);
    expect((await fire()).permission).toBeNull();
    appendFileSync(path, "x");
    expect((await fire()).permission).toBe("deny");
  });

  test("a program that is no text, in one byte that is no character either way", async () => {
    const path = join(fixture.project, "tool");
    const bytes = (byte: number) => Buffer.concat([Buffer.from("#!/bin/sh\nexit 0\n#"), Buffer.from([byte])]);
    writeFileSync(path, bytes(0xff), { mode: 0o755 });
    const { fire } = await trusted("./tool");
    expect((await fire()).permission).toBeNull();
    writeFileSync(path, bytes(0xfe));
    expect((await fire()).permission).toBe("deny");
    expect((await fixture.loaded()).hooks).toEqual([]);
  });

  test("a program that is gone, a pipe, a device or a directory", async () => {
    const path = fixture.write("work/check.sh", "exit 0\n");
    const { fire } = await trusted("sh check.sh");
    const places: [string, () => void][] = [
      ["is not there any more", () => {}],
      ["cannot be read: it is no file", () => void Bun.spawnSync(["mkfifo", path])],
      ["cannot be read: it is no file", () => symlinkSync("/dev/zero", path)],
      ["cannot be read: it is no file", () => mkdirSync(path)],
    ];
    for (const [why, make] of places) {
      rmSync(path, { recursive: true, force: true });
      make();
      const verdict = await fire();
      expect([verdict.permission, verdict.reason]).toEqual(["deny", expect.stringContaining(why)]);
    }
  });

  test("a directory that is gone", async () => {
    const { loaded } = await trusted("exit 0");
    const input = { hook_event_name: "PreToolUse", cwd: join(fixture.root, "gone"), tool_name: "Bash", tool_input: {} };
    const context = { env: {}, now: () => 0, home: fixture.home, within: [], leftOut: () => null };
    const verdict = await fireHooks(loaded, input as unknown as HookInput, context, new AbortController().signal);
    expect(verdict).toMatchObject({ permission: "deny", reason: expect.stringContaining("could not be started") });
  });

  test("a program that would only be found where commands can write", async () => {
    const { loaded } = await trusted("lint --check");
    const leftOut = (name: string) => (name === "lint" ? "/ws/node_modules/.bin/lint" : null);
    const input = { hook_event_name: "PreToolUse", cwd: fixture.project, tool_name: "Bash", tool_input: {} };
    const context = { env: {}, now: () => 0, home: fixture.home, within: [], leftOut };
    const verdict = await fireHooks(loaded, input as unknown as HookInput, context, new AbortController().signal);
    expect(verdict).toMatchObject({
      permission: "deny",
      reason: expect.stringContaining("/ws/node_modules/.bin/lint"),
    });
  });
});

test("a program that cannot be read is not trusted with the rest, and the question says so", async () => {
  Bun.spawnSync(["mkfifo", join(fixture.project, "check.sh")]);
  const { loaded } = await trusted("sh check.sh");
  expect(loaded).toEqual([]);
  const asked = (await fixture.loaded()).trust.question();
  expect(asked?.files).toMatchObject([{ sha256: null, diff: expect.stringContaining("cannot be read") }]);
});

test("what is too long or no text is asked about by its hash, and an answer holds for exactly these bytes", async () => {
  fixture.write("work/big.sh", "#".repeat(5 * 1024 * 1024));
  writeFileSync(join(fixture.project, "tool"), Buffer.from([0x7f, 0x45, 0, 0xff]));
  const hooks = { Stop: [{ hooks: [{ type: "command", command: "sh big.sh; ./tool" }] }] };
  fixture.write("work/.moat/hooks.json", JSON.stringify({ hooks }));
  const asked = (await fixture.loaded()).trust.question();
  expect(asked?.files.map(({ diff }) => diff.replace(/[0-9a-f]{64}/, "HASH"))).toEqual([
    expect.any(String),
    "It is too long to be shown. SHA-256 HASH",
    "It is no text. 4 bytes, SHA-256 HASH",
  ]);
  if (asked) answerTrust(fixture.moat_home, asked, "trust");
  expect((await fixture.loaded()).hooks).toHaveLength(1);
});

test("a user's own line is held to what it names when the thread begins; words that are only given may change", () => {
  const check = fixture.write("work/check.sh", "exit 0\n");
  const data = fixture.write("work/data.txt", "1\n");
  const places = { root: fixture.project, cwd: fixture.project, home: fixture.home, within: [fixture.project] };
  const line = "sh check.sh data.txt";
  const held = holdPrograms(line, places);
  expect(held).toMatchObject([{ path: check, held: true }]);
  writeFileSync(data, "2\n");
  expect(lineProblem(line, held, places, false)).toBeNull();
  writeFileSync(check, "exit 1\n");
  expect(lineProblem(line, held, places, false)).toContain("has changed");
  unlinkSync(check);
  expect(lineProblem(line, held, places, false)).toContain("is not there any more");
});

test("instructions of a runner are compared, and not held: commands work with them", () => {
  fixture.write("work/package.json", "{}");
  const places = { root: fixture.project, cwd: fixture.project, home: fixture.home, within: [fixture.project] };
  expect(holdPrograms("npm run lint", places)).toMatchObject([{ held: false }]);
});
