import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { tempProject } from "../../testkit/index.ts";
import { isGitDirectory, moduleDirectories } from "./layout.ts";

test("a directory is one of git's when it has all of HEAD, objects and refs", () => {
  for (const missing of ["HEAD", "objects", "refs", "config"]) {
    using one = tempProject({ HEAD: "", config: "", "objects/x": "", "refs/x": "" });
    rmSync(one.path(missing), { recursive: true });
    expect([missing, isGitDirectory(one.dir)]).toEqual([missing, missing === "config"]);
  }
});

test("the git directories of submodules are found where their names have up to four parts", () => {
  using one = tempProject({
    "modules/a/HEAD": "",
    "modules/a/modules/inner/HEAD": "",
    "modules/lib/b/HEAD": "",
    "modules/1/2/3/4/HEAD": "",
    "modules/1/2/3/x/5/HEAD": "",
  });
  expect(moduleDirectories(one.dir).sort()).toEqual(
    ["modules/1/2/3/4", "modules/a", "modules/a/modules/inner", "modules/lib/b"].map(one.path),
  );
});
