// The demo with nothing but the binary: no PATH to speak of, no network, an empty home.
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { tempProject } from "../testkit/index.ts";
import { binary } from "./harness.ts";

test("moat demo repairs its project and shows what was refused", async () => {
  using home = tempProject();
  const child = Bun.spawn([binary, "demo"], {
    cwd: home.dir,
    env: { HOME: home.dir, PATH: "/usr/bin:/bin", TERM: "dumb" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(stderr).toBe("");
  expect(exit).toBe(0);
  expect(stdout).toContain("scripted model");
  expect(stdout).toContain("FAILED: total is -10, wanted 10");
  expect(stdout).toContain("ok: total is 10");
  expect(stdout.match(/refused by the sandbox/g)).toHaveLength(2);
  expect(stdout.indexOf("FAILED")).toBeLessThan(stdout.indexOf("ok: total"));
  expect(readdirSync(home.dir).filter((name) => name !== ".cache")).toEqual([]);
});
