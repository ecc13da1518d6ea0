// Every path that a person or a repository names, with anything in its place: the built binary neither hangs nor fills memory.
import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app, commands } from "../cli/table.ts";
import { respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const PATCH = "*** Begin Patch\n*** Add File: made.txt\n+yes\n*** End Patch\n";

/** Where a command line takes a file that is read, with what a good one holds; `settings`: it is no flag of its own. */
const READS: Record<string, { args(file: string): string[]; good: string; settings?: true }> = {
  "exec --output-schema": { args: (file) => ["exec", "--output-schema", file, "go"], good: '{"type":"object"}' },
  "exec --image": { args: (file) => ["exec", "go", "-i", file], good: "" },
  "exec --project-doc": { args: (file) => ["exec", "--project-doc", file, "go"], good: "be brief" },
  "execpolicy --rules": {
    args: (file) => ["execpolicy", "check", "--rules", file, "--", "ls"],
    good: 'prefix_rule(["ls"])',
  },
  "execpolicy --policy": { args: (file) => ["execpolicy", "check", "--policy", file, "--", "ls"], good: "" },
  "apply FILE": { args: (file) => ["apply", file], good: PATCH },
  "replay FILE": { args: (file) => ["replay", file], good: "" },
  "threads import PATH": { args: (file) => ["threads", "import", file], good: "" },
  "moat --view": { args: (file) => ["--view", file], good: "" },
  "-c model_instructions_file": {
    args: (file) => ["exec", "-c", `model_instructions_file=${file}`, "go"],
    good: "be kind",
    settings: true,
  },
  "-c model_catalog_json": {
    args: (file) => ["debug", "models", "-c", `model_catalog_json=${file}`],
    good: "{}",
    settings: true,
  },
};
const WRITES: Record<string, (file: string) => string[]> = {
  "exec --output-last-message": (file) => ["exec", "-o", file, "go"],
  "exec --record": (file) => ["exec", "--record", file, "go"],
  "repl --record-submissions": (file) => ["repl", "-S", file, "go"],
  "repl --record-events": (file) => ["repl", "-E", file, "go"],
  "repl --json-to": (file) => ["repl", "--json-to", file, "go"],
  "threads --output": (file) => ["threads", "export", "--last-of-this-test", "-o", file],
};

test("every flag of the command table that names a file is tried here", () => {
  const named = [app, ...commands].flatMap((command) =>
    command
      .flags()
      .filter(({ value }) => value === "FILE" || value === "ROLLOUT")
      .map(({ name }) => name),
  );
  const tried = [...Object.keys(READS), ...Object.keys(WRITES)].join(" ");
  expect([...new Set(named)].filter((name) => !tried.includes(`--${name}`))).toEqual([]);
});

/** Most runs have opened their files by then; one that has not ends with SIGTERM all the same. */
const MOMENT_MS = 700;

const answer = respond(say('{"said":1}'));

async function place(): Promise<TestWorld> {
  const w = await world([answer, answer, answer], { "a.txt": "" });
  Bun.spawnSync(["mkfifo", w.project.path("pipe")]);
  mkdirSync(w.project.path("directory"));
  writeFileSync(w.project.path("huge"), "");
  truncateSync(w.project.path("huge"), 3 * 1024 ** 3);
  return w;
}

/** How a run ended. `stop`: when SIGTERM came after a moment, if it had not ended by then (`self`); what obeys no signal hangs. */
async function ended(w: TestWorld, args: string[], stop = false) {
  const child = w.start(args, { stdin: "" });
  if (typeof child.stdin === "object") child.stdin.end();
  const moment = stop ? Bun.sleep(MOMENT_MS).then(() => false) : new Promise<never>(() => {});
  const self = await Promise.race([child.exited.then(() => true), moment]);
  if (!self) child.kill("SIGTERM");
  const [exit, stderr, stdout] = await Promise.all([
    child.exited,
    new Response(child.stderr).text(),
    new Response(child.stdout).text(),
  ]);
  return { exit, self, stderr, stdout };
}

describe("read", () => {
  for (const [name, { args, good, settings }] of Object.entries(READS)) {
    test(`${name}: a pipe that nobody fills ends with SIGTERM`, async () => {
      await using w = await place();
      const run = await ended(w, args("pipe"), true);
      if (run.self) expect(run.stderr + run.stdout).toContain("pipe");
      else expect(run.exit).toBe(143);
    });

    test.each([["/dev/zero"], ["directory"], ["huge"]])(`${name}: %s is an error that says so`, async (file) => {
      await using w = await place();
      const run = await ended(w, args(file));
      // One more document that cannot be read is told of and does not stop the work.
      if (!/--project-doc/.test(name)) expect(run.exit).toBeGreaterThan(0);
      expect(run.stderr + run.stdout).toMatch(
        /it has more than \d+ bytes|not a file but|is a directory|no Codex rollouts/,
      );
    });

    if (good !== "")
      test(`${name}: a pipe that is filled, as <(…) is, is read`, async () => {
        await using w = await place();
        const writer = Bun.spawn(["sh", "-c", 'cat > "$0"', w.project.path("pipe")], { stdin: Buffer.from(good) });
        const run = await ended(w, args("pipe"));
        expect(run.exit).toBe(0);
        await writer.exited;
        if (name === "apply FILE") expect(w.project.read("made.txt")).toBe("yes\n");
        if (settings || name.includes("doc"))
          expect(w.server.requests.every(({ raw }) => raw.includes(good))).toBe(true);
      });
  }

  test("standard input: nobody's pipe ends with SIGTERM, and what never ends is an error", async () => {
    await using w = await place();
    const run = w.start(["exec", "-"], { stdin: "" });
    await Bun.sleep(MOMENT_MS);
    run.kill("SIGTERM");
    expect(await run.exited).toBe(143);
    for (const line of ["exec - < /dev/zero", "apply-patch < /dev/zero", "apply - < /dev/zero"]) {
      const child = Bun.spawn(["sh", "-c", `"$0" ${line}`, (await import("./harness.ts")).binary], {
        cwd: w.project.dir,
        env: w.env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      expect(await child.stderr.text()).toMatch(/it has more than \d+ bytes/);
      expect(await child.exited).toBeGreaterThan(0);
    }
  });
});

describe("written", () => {
  for (const [name, args] of Object.entries(WRITES)) {
    const wanted = async (w: TestWorld, file: string) => {
      if (!name.startsWith("threads")) return args(file);
      await w.moat(["exec", "go"]);
      const [thread] = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout);
      return args(file).map((word) => (word.startsWith("--last") ? thread.thread_id : word));
    };

    test(`${name}: a pipe that nobody reads ends with SIGTERM`, async () => {
      await using w = await place();
      const run = await ended(w, await wanted(w, "pipe"), true);
      expect([run.self, run.exit]).toEqual([false, 143]);
    });

    test(`${name}: a directory, a full disk and no place are errors that say so`, async () => {
      await using w = await place();
      for (const file of ["directory", "nowhere/file"]) {
        const run = await ended(w, await wanted(w, file));
        expect(run.exit).toBe(1);
        expect(run.stderr).toContain(file);
      }
      const full = await ended(w, await wanted(w, "/dev/full"));
      expect(full.stderr).toContain("/dev/full is not complete: the disk is full");
    });

    test(`${name}: a pipe that is read gets all of it`, async () => {
      await using w = await place();
      const out = w.project.path("out");
      const reader = Bun.spawn(["sh", "-c", 'cat < "$0" > "$1"', w.project.path("pipe"), out]);
      const run = await ended(w, await wanted(w, "pipe"));
      expect(run.exit).toBe(0);
      await reader.exited;
      expect(readFileSync(out, "utf8")).toContain(name.includes("submissions") ? '"shutdown"' : "said");
    });
  }

  test("-o /dev/stdout goes where the rest goes", async () => {
    await using w = await place();
    const ran = await w.moat(["exec", "-o", "/dev/stdout", "go"]);
    expect([ran.exit, ran.stdout.match(/said/g)?.length]).toEqual([0, 2]);
  });
});

describe("in a repository, and in MOAT_HOME", () => {
  const INSIDE = ["AGENTS.md", ".moat/config.toml", ".moat/hooks.json", ".codex/config.toml", ".claude/settings.json"];
  const OWN = [
    "AGENTS.md",
    "config.toml",
    "hooks.json",
    "rules/a.rules",
    "auth.json",
    "history.jsonl",
    "log/moat.log",
    "trust.json",
  ];
  const LINES = [
    ["init", "--yes"],
    ["exec", "go"],
    ["exec", "--full-context", "go"],
    ["repl", "go"],
    ["doctor"],
    ["config", "list"],
    ["threads", "list"],
  ];
  const make = (path: string, what: string) => {
    mkdirSync(join(path, ".."), { recursive: true });
    if (what === "pipe") Bun.spawnSync(["mkfifo", path]);
    else if (what === "/dev/zero") Bun.spawnSync(["ln", "-s", what, path]);
    else {
      writeFileSync(path, "");
      truncateSync(path, 3 * 1024 ** 3);
    }
  };

  for (const what of ["pipe", "/dev/zero", "huge"])
    test(`${what}: no command hangs`, async () => {
      await using w = await world(() => respond(say("# Agents")));
      for (const name of INSIDE) make(w.project.path(name), what);
      for (const line of LINES) await ended(w, line);
      const init = await ended(w, ["init", "--yes"]);
      expect(init.exit).toBe(1);
      expect(init.stderr).toMatch(/AGENTS.md cannot be read: it (?:is not a file but a (?:pipe|device)|has more than)/);
    });

  test.each(OWN)("a pipe or a device as %s of MOAT_HOME holds up nobody", async (name) => {
    for (const what of ["pipe", "/dev/zero"]) {
      await using w = await world(() => respond(say("# Agents")));
      make(join(w.moat_home, name), what);
      for (const line of [["exec", "go"], ["repl", "go"], ["doctor"], ["threads", "list"]]) await ended(w, line);
    }
  });

  test("a file that a patch changed and that became something else does not hold up the evidence", async () => {
    const { call } = await import("../testkit/index.ts");
    await using w = await world([
      respond(call("apply_patch", { input: PATCH }, "p")),
      respond(call("exec_command", { cmd: "rm made.txt; mkfifo made.txt", login: false }, "c")),
      respond(say("done")),
    ]);
    const run = await ended(w, ["exec", "-s", "workspace-write", "go"]);
    expect(run.exit).toBe(0);
  });
});
