// The private layer over the home directory as a user meets it: the built binary, real commands.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, type Script, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

/** A world whose home directory is no place that may be written anyway, as one in /tmp is. */
async function homely(script: Script) {
  const w = await world(script);
  w.config("[sandbox_workspace_write]\nexclude_slash_tmp = true\nexclude_tmpdir_env_var = true\n");
  return w;
}

const exec = (cmd: string, id: string) => respond(call("exec_command", { cmd, login: false }, id));

test("a command that wrote into the layer says so once, in its record, to the model and to people", async () => {
  const write = "mkdir -p ~/.config/astro && echo 1 >> ~/.config/astro/a";
  await using w = await homely([exec(write, "a"), exec(`${write}; touch ~/.other`, "b"), respond(say("done"))]);
  const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
  expect(ran.exit).toBe(0);
  const wrote = ran.stdout
    .split("\n")
    .filter((line) => line.includes('"item.completed"') && line.includes("command_execution"))
    .map((line) => JSON.parse(line).item.process.home_wrote);
  expect(wrote).toEqual([["~/.config/astro"], ["~/.other"]]);
  const [, first, second] = w.server.requests.map(({ body }) => JSON.stringify(body));
  expect(first).toContain("wrote to ~/.config/astro: kept in a private layer");
  expect(second?.split("wrote to ~/.config/astro").length).toBe(2);
  expect(existsSync(`${w.home}/.config/astro`)).toBe(false);
});

test("`moat sandbox` says so, and not what an earlier command wrote", async () => {
  await using w = await homely([]);
  const ran = await w.moat(["sandbox", "--", "sh", "-c", "mkdir -p ~/.local/share/tool; touch ~/x"]);
  expect(ran.stderr).toContain("moat: wrote to ~/.local/share/tool, ~/x: kept in a private layer of this workspace");
  expect((await w.moat(["sandbox", "--", "cat", "/dev/null"])).stderr).toBe("");
});
