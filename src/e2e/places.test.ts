// Places that the configuration opens, hides or names: what cannot work is said at start, with its place, and never in the middle of a turn.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const writes = [respond(call("exec_command", { cmd: "touch made", login: false }, "c1")), respond(say("the end"))];
const toml = (roots: string) =>
  `model = "x"\n\n[sandbox_workspace_write]\nwritable_roots = [\n  "/tmp", # here\n  ${roots},\n]\n`;
const line = (file: string, at: string, what: string) => `moat: ${file}:${at}: the writable directory ${what}`;

test.each([
  ['"gone"', (home: string) => `"${home}/gone" does not exist`],
  ['"/"', () => '"/" would make everything writable'],
  ['"config.toml"', (home: string) => `"${home}/config.toml" is not a directory`],
] as const)("a writable root that cannot be one: %s", async (root, what) => {
  await using w = await world(writes);
  w.config(toml(root));
  const file = join(w.moat_home, "config.toml");
  const ran = await w.moat(["exec", "-s", "workspace-write", "go"]);
  // It is left out, and commands run all the same.
  expect([ran.exit, await Bun.file(w.project.path("made")).exists()]).toEqual([0, true]);
  expect(ran.stderr.split("\n")[0]).toStartWith(line(file, "6:3", what(w.moat_home)));
  for (const args of [["doctor"], ["sandbox", "--", "true"]]) {
    const { stdout, stderr } = await w.moat(args);
    expect(stdout + stderr).toContain(`${file}:6:3: the writable directory ${what(w.moat_home)}`);
  }
});

test.each([["read-only"], ["workspace-write"]])(
  "one that a flag names is refused before the model is asked (%s)",
  async (mode) => {
    await using w = await world(writes);
    for (const [dir, why] of [
      ["/gone/away", "does not exist"],
      ["/", "would make everything writable"],
    ]) {
      const ran = await w.moat(["exec", "-s", mode, "--add-dir", dir ?? "", "go"]);
      expect([ran.exit, ran.stdout]).toEqual([2, ""]);
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
