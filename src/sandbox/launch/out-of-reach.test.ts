// As an ordinary user and without a sandbox, what gave itself other ids (as by sudo) cannot be ended: nobody waits for it either.
import { afterAll, expect, test } from "bun:test";
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../../dist/launcher.bin" with { type: "file" };
import { makeBase, marker, policyFor, processesWith, remove, startCommand, startedBehind } from "../harness.suite.ts";
import { sandboxWith } from "./launch.ts";

const base = makeBase();
afterAll(() => remove(base));
const setpriv = Bun.which("setpriv");
const able = process.getuid?.() === 0 && setpriv !== null;

test.skipIf(!able)("a command ends though a process of another user is left of it", async () => {
  const [path, sudo, mark] = [join(base, "moat-launch"), join(base, "sudo"), marker()];
  copyFileSync(launcher, path);
  copyFileSync(setpriv ?? "", sudo);
  chmodSync(base, 0o755);
  chmodSync(path, 0o755);
  chmodSync(sudo, 0o4755);
  const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const sandbox = startedBehind(nobody, sandboxWith(path, "none", join(base, "quarantine")));
  const script = `(setsid ${sudo} --reuid=0 --regid=0 --clear-groups sleep ${mark} &); until pgrep -u 0 -f '^sleep ${mark}' >/dev/null; do :; done; echo end`;
  const policy = policyFor(base, { mode: "danger-full-access" });
  const started = startCommand(sandbox, ["bash", "-c", script], policy, "/");
  await started.report;
  expect(await started.child.exited).toBe(0);
  const left = processesWith(mark);
  expect(left.length).toBe(1);
  for (const pid of left) process.kill(pid, "SIGKILL");
  expect(await started.child.stdout.text()).toBe("end\n");
});
