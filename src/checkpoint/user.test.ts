// The same as an ordinary user, to whom the system says no.
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";

const NOBODY = 65_534;
const root = process.platform === "linux" && process.getuid?.() === 0;
const tmp = root ? fs.mkdtempSync("/var/tmp/moat-test-") : "";
afterAll(() => fs.rmSync(tmp, { recursive: true, force: true }));

const as = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
/** A clone in a directory of root alone cannot be run by anybody else. */
const readable =
  root && Bun.spawnSync([...as, "test", "-r", import.meta.path, "-a", "-x", process.execPath]).exitCode === 0;

test.skipIf(!readable)(
  "undo, redo and conflicts hold for a user who is not root",
  () => {
    fs.chownSync(tmp, NOBODY, NOBODY);
    const files = ["undo.test.ts", "conflict.test.ts"].map((name) => join(import.meta.dir, name));
    const env = { PATH: process.env.PATH ?? "", HOME: tmp, TMPDIR: tmp, BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0" };
    const { exitCode, stderr } = Bun.spawnSync([...as, process.execPath, "test", ...files], {
      cwd: join(import.meta.dir, "..", ".."),
      env,
      stderr: "pipe",
      stdout: "ignore",
    });
    expect(stderr.toString()).toContain(" 0 fail");
    expect(exitCode).toBe(0);
  },
  60_000,
);
