// --full: two builds of one commit are the same file, for this machine and for another one.
import { afterAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { buildBinary, buildLauncher, sha256 } from "../../../scripts/build/binary.ts";
import { tempProject } from "../../testkit/index.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";
const cross = Bun.which("aarch64-linux-gnu-gcc") !== null;
const there = tempProject();
afterAll(() => {
  there.remove();
  if (FULL) buildLauncher(null);
});

for (const target of ["linux-x64", ...(cross ? ["linux-arm64"] : [])]) {
  test.if(FULL)(`${target}: the same bytes twice`, () => {
    const twice = ["a", "b"].map((name) => {
      const { launcher } = buildBinary(target, there.path(name));
      return { launcher, program: sha256(readFileSync(there.path(name))) };
    });
    expect(twice[0]).toEqual(twice[1] ?? { launcher: "", program: "" });
  });
}
