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

test("`moat doctor` and `moat threads gc` say what the layers of all workspaces take", async () => {
  await using w = await homely([]);
  const told = async () => [
    (await w.moat(["doctor"])).stdout,
    (await w.moat(["threads", "gc", "--dry-run"])).stdout,
    (await w.moat(["threads", "gc", "--json"])).stdout,
  ];
  for (const text of await told()) expect(text).not.toMatch(/left over the home|"layers":[1-9]/);
  await w.moat(["sandbox", "--", "sh", "-c", "mkdir ~/.config; head -c 3000000 /dev/urandom > ~/.config/big"]);
  const [doctor, gc = "", json = ""] = await told();
  for (const text of [doctor, gc])
    expect(text).toMatch(/what commands left over the home takes [23]\.\d MiB, in one workspace; /);
  expect(JSON.parse(json).home_layers).toMatchObject({ layers: 1, more: false });
  expect(JSON.parse(json).home_layers.bytes).toBeGreaterThanOrEqual(3_000_000);
  await w.moat(["sandbox", "home", "reset"]);
  for (const text of await told()) expect(text).not.toMatch(/left over the home|"layers":[1-9]/);
});

test("what a command left is shown as a patch, taken over after a question, and thrown away by place", async () => {
  await using w = await homely([]);
  await Bun.write(`${w.home}/data/a`, "old\n");
  const script =
    "echo new >> ~/data/a; mkdir -p ~/.config/astro; echo 1 > ~/.config/astro/a; echo 'alias ls=x' > ~/.bashrc; printf '\\0\\1' > ~/data/b; ln -s /etc ~/data/l";
  expect((await w.moat(["sandbox", "--", "sh", "-c", script])).exit).toBe(0);
  const diff = await w.moat(["sandbox", "home", "diff", "~/data"]);
  expect(diff.stdout).toContain("--- a/data/a\n+++ b/data/a\n@@ -1,1 +1,2 @@\n old\n+new\n");
  expect(diff.stdout).toContain("binary: nothing → 2 bytes");
  expect(diff.stdout).not.toContain("astro");
  const asked = await w.moat(["sandbox", "home", "apply"]);
  expect([asked.exit, asked.stdout]).toEqual([1, ""]);
  expect(asked.stderr).toContain(
    "2 place(s) would be taken over into your home directory: say --yes, nothing was done",
  );
  expect(await Bun.file(`${w.home}/data/a`).text()).toBe("old\n");
  const taken = await w.moat(["sandbox", "home", "apply", "--yes", "--json"]);
  expect(taken.exit).toBe(1);
  expect(JSON.parse(taken.stdout)).toEqual({
    taken: [
      { path: "data/a", change: "changed" },
      { path: "data/b", change: "new" },
    ],
    left: [
      { path: ".bashrc", why: "programs run or obey it at their next start: name it to have it" },
      { path: ".config/astro/a", why: "programs run or obey it at their next start: name it to have it" },
      { path: "data/l", why: "links are not taken over: make it yourself" },
    ],
  });
  expect(await Bun.file(`${w.home}/data/a`).text()).toBe("old\nnew\n");
  expect((await w.moat(["sandbox", "home", "apply", "-y", "~/.config/astro"])).stdout).toBe(
    "taken    ~/.config/astro/a (new)\n",
  );
  const nothing = await w.moat(["sandbox", "home", "apply", "--yes", "~/.config/astor"]);
  expect([nothing.exit, nothing.stdout]).toEqual([1, ""]);
  expect(nothing.stderr).toContain("nothing at the places that you named");
  const reset = await w.moat(["sandbox", "home", "reset", "--json", `${w.home}/.bashrc`]);
  expect(JSON.parse(reset.stdout)).toEqual({ thrown_away: 1 });
  expect((await w.moat(["sandbox", "home", "list"])).stdout).toBe("new     ~/data/l  0 bytes\n");
  expect((await w.moat(["sandbox", "home", "diff", "/etc/passwd"])).exit).toBe(2);
});

test("a link in the layer, where a directory is granted, stops what comes later and is told with its way out", async () => {
  await using w = await homely([]);
  await Bun.write(`${w.home}/granted/in/x`, "");
  expect((await w.moat(["sandbox", "--", "sh", "-c", "rm -r ~/granted; ln -s /etc ~/granted"])).exit).toBe(0);
  const granted = ["sandbox", "--write", `${w.home}/granted/in`, "--", "true"];
  const stopped = await w.moat(granted);
  expect(stopped.exit).toBe(125);
  expect(stopped.stderr).toContain(`moat sandbox home reset ${w.home}/granted`);
  expect((await w.moat(["sandbox", "home", "reset", `${w.home}/granted`])).exit).toBe(0);
  expect((await w.moat(granted)).exit).toBe(0);
});

// Of a user whom the machine gives the home of another one, as containers do; root, too, may not enter a file.
test.each(["read-only", "workspace-write"])("in a home that cannot be entered commands run (%s)", async (mode) => {
  const look = respond(call("exec_command", { cmd: "echo ran in $HOME" }, "a"));
  await using w = await world([look, respond(say("done"))]);
  const ran = await w.moat(["exec", "-s", mode, "go"], { env: { HOME: "/etc/passwd", MOAT_HOME: w.moat_home } });
  expect([ran.exit, ran.stdout]).toEqual([0, "done\n"]);
  expect(ran.stderr).toContain("ran in /etc/passwd\n");
  expect(ran.stderr).not.toContain("warning:");
});
