// The control of each attack runs outside the sandbox: what a project or a command could have put on the PATH must not be in it.
import { expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { tempProject } from "../../testkit/index.ts";
import { fakeHost } from "../fixtures/host.ts";
import { runDoctor } from "./doctor.ts";

/** What the attacks use, and shells take from the PATH. */
const PROGRAMS = ["bash", "cat", "chmod", "curl", "ln", "nc", "python3", "setsid", "touch", "wget"];

test.skipIf(process.platform !== "linux")("doctor starts nothing of the project or of a writable root", async () => {
  using project = tempProject({}, { git: true });
  using root = tempProject();
  using home = tempProject({ ".moat/config.toml": `[sandbox_workspace_write]\nwritable_roots = ["${root.dir}"]\n` });
  const marker = home.path("ran");
  for (const place of [project, root])
    for (const name of PROGRAMS) place.write(`bin/${name}`, `#!/bin/sh\necho x >>'${marker}'\n`, 0o755);
  const PATH = `${project.path("bin")}:${root.path("bin")}:${process.env.PATH}`;
  // The trap is real: a shell takes it from there.
  Bun.spawnSync(["/bin/sh", "-c", "cat </dev/null"], { env: { PATH } });
  expect(existsSync(marker)).toBe(true);
  rmSync(marker);
  const { host } = fakeHost({ env: { PATH }, cwd: project.dir, home: home.dir, moat_home: home.path(".moat") });
  await runDoctor(host, true);
  expect(existsSync(marker)).toBe(false);
});
