// A directory of a project may look like a bare repository, with a config that names programs. What is known to only read must
// not run them.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, say, tempProject } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

test("git status, which is run without a question, does not run what a planted repository names", async () => {
  const project = tempProject({}, { git: true });
  const marker = project.path("ran");
  project.write("part/hook.sh", `#!/bin/sh\ntouch ${marker}\n`, 0o755);
  project.write("part/HEAD", "ref: refs/heads/main\n");
  for (const name of ["objects", "refs"]) project.write(`part/${name}/kept`, "");
  const settings = [
    "repositoryformatversion = 0",
    "bare = false",
    "worktree = ../part",
    `fsmonitor = ${project.path("part/hook.sh")}`,
  ];
  project.write("part/config", `[core]\n${settings.map((line) => `\t${line}\n`).join("")}`);
  // The trap is real: plain git falls into it.
  Bun.spawnSync(["git", "status"], { cwd: project.path("part"), stdout: "ignore", stderr: "ignore" });
  expect(existsSync(marker)).toBe(true);
  Bun.spawnSync(["rm", marker]);
  using set = await stage(
    [respond(call("exec_command", { cmd: "git status", login: false }, "c1")), respond(say("done"))],
    {
      project,
      settings: { approval_policy: "untrusted", sandbox_mode: "danger-full-access", cwd: project.path("part") },
    },
  );
  const { asked, outputs } = await play(set, [turnOf("go")], () => ({ type: "denied" }));
  expect(asked).toEqual([]);
  expect(outputs.get("c1")).toContain("safe.bareRepository");
  expect(existsSync(marker)).toBe(false);
});

test("a real repository is what it was, also below its root and with settings of the user's own in the environment", async () => {
  const project = tempProject({ "a/b.txt": "x" }, { git: true });
  const cmd = "git status --short && git config --get moat.own";
  using set = await stage([respond(call("exec_command", { cmd, login: false }, "c1")), respond(say("done"))], {
    project,
    settings: { approval_policy: "untrusted", cwd: project.path("a") },
    services: {
      env: { PATH: process.env.PATH, GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "moat.own", GIT_CONFIG_VALUE_0: "kept" },
    },
  });
  const { asked, outputs } = await play(set, [turnOf("go")], () => ({ type: "denied" }));
  expect(asked).toEqual([]);
  expect(outputs.get("c1")).toContain("?? ./\nkept\n");
});

test("a person who is asked about what is not confined may work in a bare repository", async () => {
  const settings = async (approval_policy: "untrusted" | "on-request") => {
    using set = await stage([respond(call("exec_command", { cmd: "env", login: false }, "c1")), respond(say("done"))], {
      settings: { approval_policy },
    });
    const { outputs } = await play(set, [turnOf("go")], () => ({ type: "approved" }));
    return /^GIT_CONFIG_VALUE_\d+=explicit$/m.test(outputs.get("c1") ?? "");
  };
  expect([await settings("untrusted"), await settings("on-request")]).toEqual([true, false]);
});
