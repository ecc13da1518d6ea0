// A directory of the project on the PATH, as npx, direnv and the like leave it there: its `ls` is not the system's.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, say, tempProject } from "../testkit/index.ts";
import { play, stage, turnOf } from "./harness.suite.ts";

const PLACES: [name: string, entry: (dir: string) => string][] = [
  ["absolute", (dir) => `${dir}/node_modules/.bin`],
  ["absolute, through a link outside", (dir) => `${dir}-link`],
];

for (const [name, entry] of PLACES) {
  for (const sandbox_mode of ["workspace-write", "danger-full-access"] as const) {
    test(`ls from there is asked about: ${name}, ${sandbox_mode}`, async () => {
      const project = tempProject({}, { git: true });
      const marker = project.path("ran");
      project.write("node_modules/.bin/ls", `#!/bin/sh\ntouch ${marker}\n`, 0o755);
      Bun.spawnSync(["ln", "-s", project.path("node_modules/.bin"), `${project.dir}-link`]);
      const PATH = `${entry(project.dir)}:${process.env.PATH}`;
      // The trap is real: a shell takes it from there.
      Bun.spawnSync(["/bin/sh", "-c", "ls"], { env: { PATH }, stdout: "ignore" });
      expect(existsSync(marker)).toBe(true);
      Bun.spawnSync(["rm", marker]);
      using set = await stage(
        [respond(call("exec_command", { cmd: "ls", login: false }, "c1")), respond(say("done"))],
        { project, settings: { approval_policy: "untrusted", sandbox_mode }, services: { env: { PATH } } },
      );
      const { asked } = await play(set, [turnOf("go")], () => ({ type: "denied" }));
      expect(asked.map(({ reason }) => reason)).toEqual([expect.stringContaining(`${entry(project.dir)}/ls`)]);
      expect(existsSync(marker)).toBe(false);
      Bun.spawnSync(["rm", `${project.dir}-link`]);
    });
  }
}

test("ls of a relative entry is not found at all, and the system's runs unasked", async () => {
  const project = tempProject({}, { git: true });
  const marker = project.path("ran");
  project.write("node_modules/.bin/ls", `#!/bin/sh\ntouch ${marker}\n`, 0o755);
  using set = await stage([respond(call("exec_command", { cmd: "ls -a", login: false }, "c1")), respond(say("done"))], {
    project,
    settings: { approval_policy: "untrusted" },
    services: { env: { PATH: `node_modules/.bin:${process.env.PATH}` } },
  });
  const { asked, outputs } = await play(set, [turnOf("go")], () => ({ type: "denied" }));
  expect(asked).toEqual([]);
  expect(outputs.get("c1")).toContain("node_modules");
  expect(existsSync(marker)).toBe(false);
});

test("ls of a directory that a login shell puts first is asked about where commands could have written it", async () => {
  for (const name of ["bin", ".local/bin"]) {
    const project = tempProject({}, { git: true });
    using home = tempProject();
    project.write("tools/ls", "#!/bin/sh\n", 0o755);
    home.write(`${name}/.keep`, "");
    Bun.spawnSync(["ln", "-s", project.path("tools/ls"), home.path(`${name}/ls`)]);
    using set = await stage([respond(call("exec_command", { cmd: "ls", login: false }, "c1")), respond(say("done"))], {
      project,
      settings: { approval_policy: "untrusted" },
      services: { home: home.dir },
    });
    const { asked } = await play(set, [turnOf("go")], () => ({ type: "denied" }));
    expect(asked.map(({ reason }) => reason)).toEqual([expect.stringContaining(home.path(`${name}/ls`))]);
  }
});
