// Files with several names, of which a command uses only some: what it does to one of them is undone under all.
import { describe, expect, test } from "bun:test";
import { recordings, runRecorded } from "./launched.suite.ts";
import { openLab, picture } from "./simulate.suite.ts";

const offered = process.platform === "linux" ? await recordings() : [];
const FILES = { "old/a": "a\n", "old/other": "o\n", c: "c\n" };

describe.skipIf(offered.length === 0)("a second name", () => {
  const cases: Record<string, { before?: string; script: string }> = {
    "made, and written through": { script: "ln old/a b; echo x > b" },
    "made in a file's place, and given another mode": { script: "ln -f old/a c; chmod 700 c" },
    "made, used and removed": { script: "ln old/a b; chmod 700 b; rm b" },
    "made in a new directory": { script: "mkdir n; ln old/a n/a; echo x > n/a; mv old/other n" },
    "that was there, written and removed": {
      before: "ln old/a b",
      script: "exec 3<>b; rm b; echo x >&3; rm old/other",
    },
    "of a symlink, removed": { before: "ln -s a old/s; ln old/s s", script: "rm s" },
  };
  const all = offered.flatMap((recording) =>
    Object.entries(cases).map(([name, one]) => [name, recording.name, recording, one] as const),
  );
  test.each(all)("%s (%s)", async (_name, _tier, recording, { before: prepare = "true", script }) => {
    using lab = openLab(FILES);
    Bun.spawnSync(["sh", "-c", prepare], { cwd: lab.root });
    const before = picture(lab.root);
    await runRecorded(recording, lab, "0", script);
    const after = picture(lab.root);
    expect(after).not.toEqual(before);
    expect(await lab.undo()).toMatchObject({ conflicts: [], gaps: [], failures: [] });
    expect(picture(lab.root)).toEqual(before);
    expect(await lab.redo()).toMatchObject({ conflicts: [], failures: [] });
    expect(picture(lab.root)).toEqual(after);
  });
});
