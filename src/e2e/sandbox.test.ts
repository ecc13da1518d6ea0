// Confinement as a user meets it: the built binary, a scripted model, real git, and `moat sandbox` with real exit codes.
import { describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const command = (cmd: string, id = "call_1") => call("exec_command", { cmd, login: false }, id);
const identity = "[user]\n\tname = T\n\temail = t@example.com\n";

/** Outputs that the model was sent in a request. */
function outputs(body: unknown): string[] {
  const { input } = body as { input: { type: string; output?: string }[] };
  return input.filter(({ type }) => type.endsWith("_output")).map(({ output }) => output ?? "");
}

describe("moat exec", () => {
  test("the agent commits, and plants nothing in the repository", async () => {
    await using w = await world(
      [
        respond(command('git add -A && git commit -qm "second"')),
        respond(command("echo x >.git/hooks/pre-commit; git config core.fsmonitor x", "call_2")),
        respond(say("done")),
      ],
      { "a.txt": "a" },
    );
    const git = (...args: string[]) =>
      execFileSync("git", args, { cwd: w.project.dir, env: w.env, encoding: "utf8" }).trim();
    await Bun.write(join(w.home, ".gitconfig"), identity);
    await Bun.write(join(w.project.dir, "b.txt"), "b");
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
    expect(ran.exit).toBe(0);
    expect(git("log", "-1", "--format=%s")).toBe("second");
    expect(git("status", "--porcelain")).toBe("");
    expect(existsSync(join(w.project.dir, ".git/hooks/pre-commit"))).toBe(false);
    expect(git("config", "--list", "--local")).not.toContain("fsmonitor");
  });

  test("a refusal is explained to the model, with the grant", async () => {
    await using w = await world([respond(command("touch ~/x", "call_1")), respond(say("done"))]);
    await w.moat(["exec", "--json", "-s", "read-only", "go"]);
    const [said = ""] = outputs(w.server.requests[1]?.body);
    expect(said).toContain("The sandbox is read-only");
    expect(said).toContain("sandbox rule: read-only");
  });

  test("commands see neither the provider's key nor the user's caches", async () => {
    await using w = await world([
      respond(command('echo "key=[$OPENAI_API_KEY] cache=$npm_config_cache sandbox=$MOAT_SANDBOX_NETWORK"')),
      respond(say("done")),
    ]);
    await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
    const [said = ""] = outputs(w.server.requests[1]?.body);
    expect(said).toContain("key=[]");
    expect(said).toContain(`cache=${join(w.home, ".cache/moat/workspaces/")}`);
    expect(said).toContain("sandbox=none");
  });
});

describe("moat sandbox", () => {
  test("is a command like any other: streams, exit codes, words behind --", async () => {
    await using w = await world([]);
    const ran = await w.moat(["sandbox", "--", "sh", "-c", 'cat; echo "$1" >&2; exit 7', "x", "--net"], {
      stdin: "in",
    });
    expect(ran).toMatchObject({ exit: 7, stdout: "in", stderr: "--net\n" });
    expect((await w.moat(["sandbox", "--", "sh", "-c", "kill -TERM $$"])).exit).toBe(143);
    expect((await w.moat(["sandbox", "--write", "missing", "--", "true"])).exit).toBe(125);
    expect((await w.moat(["sandbox"])).exit).toBe(2);
  });

  test("doctor holds against its own attacks", async () => {
    await using w = await world([]);
    const ran = await w.moat(["sandbox", "doctor"]);
    expect(ran.stdout).not.toContain("BROKEN");
    expect(ran.stdout).toMatch(/\d+ of \d+ attacks held off/);
    expect(ran.exit).toBe(0);
  });
});
