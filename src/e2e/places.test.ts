// Places that the configuration opens, hides or names: what cannot work is said at start, with its place, and never in the middle of a turn.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const writes = [respond(call("exec_command", { cmd: "touch made", login: false }, "c1")), respond(say("the end"))];
const toml = (roots: string) =>
  `model = "x"\n\n[sandbox_workspace_write]\nwritable_roots = [\n  "/tmp", # here\n  ${roots},\n]\n`;
const line = (file: string, at: string, what: string) => `moat: ${file}:${at}: the writable directory ${what}`;

const WRONG = [
  ['"gone"', (home: string) => `"${home}/gone" does not exist`],
  ['"config.toml"', (home: string) => `"${home}/config.toml" is not a directory`],
] as const;

test.each(WRONG)("a writable root that cannot be one: %s; nothing runs", async (root, what) => {
  await using w = await world(writes);
  w.config(toml(root));
  const file = join(w.moat_home, "config.toml");
  for (const args of [
    ["exec", "-s", "workspace-write", "go"],
    ["repl", "-s", "workspace-write", "go"],
    ["sandbox", "--", "touch", "made"],
  ]) {
    const ran = await w.moat(args, { stdin: "" });
    expect([args[0], ran.exit, ran.stdout]).toEqual([args[0], args[0] === "sandbox" ? 125 : 6, ""]);
    expect(ran.stderr).toStartWith(line(file, "6:3", what(w.moat_home)));
  }
  expect([w.server.requests.length, await Bun.file(w.project.path("made")).exists()]).toEqual([0, false]);
  const doctor = await w.moat(["doctor"]);
  expect([doctor.exit, doctor.stdout]).toEqual([1, expect.stringContaining(`${file}:6:3: the writable directory`)]);
});

test.each([
  ["read-only", '"gone"', (home: string) => `"${home}/gone" does not exist`],
  ["workspace-write", '"/"', () => '"/" would make everything writable'],
] as const)("in %s %s only narrows: it is left out, and that is said first", async (mode, root, what) => {
  await using w = await world([respond(call("exec_command", { cmd: "true", login: false }, "c1")), writes[1] ?? []]);
  w.config(toml(root));
  const ran = await w.moat(["exec", "-s", mode, "go"]);
  expect([ran.exit, ran.stdout]).toEqual([0, "the end\n"]);
  expect(ran.stderr).toStartWith(line(join(w.moat_home, "config.toml"), "6:3", what(w.moat_home)));
});

test.each([["read-only"], ["workspace-write"]])(
  "one that a flag names is refused before the model is asked (%s)",
  async (mode) => {
    await using w = await world(writes);
    for (const [dir, why] of [
      ["/proc/nowhere", "does not exist"],
      ["/", "would make everything writable"],
    ]) {
      const ran = await w.moat(["exec", "-s", mode, "--add-dir", dir ?? "", "go"]);
      expect([ran.exit, ran.stdout]).toEqual([1, ""]);
      expect(ran.stderr).toStartWith(`moat: --add-dir: the writable directory "${dir}" ${why}`);
    }
    expect(w.server.requests).toHaveLength(0);
  },
);

test("a hidden path under which no command could run is refused at start, with its place", async () => {
  await using w = await world(writes);
  w.config(`[sandbox_workspace_write]\nhidden_paths = ["${w.project.dir}"]\n`);
  const ran = await w.moat(["exec", "go"]);
  expect([ran.exit, w.server.requests.length]).toEqual([1, 0]);
  expect(ran.stderr).toStartWith(`moat: ${join(w.moat_home, "config.toml")}:2:16: commands work in ${w.project.dir}`);
});

test.each([["model_instructions_file"], ["model_catalog_json"]])(
  "a file that %s names and that is not there, too",
  async (key) => {
    await using w = await world(writes);
    w.config(`\n${key} = "gone"\n`);
    const ran = await w.moat(["exec", "go"]);
    expect([ran.exit, w.server.requests.length]).toEqual([1, 0]);
    expect(ran.stderr).toStartWith(`moat: ${join(w.moat_home, "config.toml")}:2:${key.length + 4}: ${key} `);
  },
);

test("a home of moat's that cannot even be looked at is what doctor says, not what it ends of", async () => {
  await using w = await world([]);
  // Root may look everywhere: a name that no file can have stands for a directory that is closed.
  const { exit, stdout, stderr } = await w.moat(["doctor"], { env: { MOAT_HOME: `/tmp/${"a".repeat(300)}` } });
  expect([exit, stderr]).toEqual([1, ""]);
  expect(stdout).toContain("which cannot be used");
});
