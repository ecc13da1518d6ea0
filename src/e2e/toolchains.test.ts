// The light rows of `./scripts/test toolchains`: tools that are nearly everywhere, outside and inside the sandbox.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missingPrograms } from "../../scripts/toolchains/install.ts";
import { ROWS } from "../../scripts/toolchains/rows.ts";
import { tryRow } from "../../scripts/toolchains/try.ts";
import { binary } from "./harness.ts";

const probe = Bun.spawnSync([binary, "sandbox", "--json", "--", "true"], { stdin: "ignore" });
const { tier } = (JSON.parse(probe.stderr.toString().trim().split("\n").at(-1) ?? "") as { report: { tier: string } })
  .report;

/** The rows say what namespaces make possible; what differs without them is held where it is made. */
describe.skipIf(tier !== "ns")("everyday tools", () => {
  for (const row of ROWS.filter(({ light }) => light)) {
    test.skipIf(missingPrograms(row).length > 0)(`${row.id} ${row.tool}`, () => {
      const { verdict, why } = tryRow(row, binary);
      if (verdict === "not applicable") return;
      expect({ verdict, why: verdict === "wrong" ? why : "" }).toEqual({
        verdict: row.refused ? "refused" : "works",
        why: "",
      });
    });
  }
});

test("docs/toolchains.md names each row that is refused, under its rule", () => {
  const lines = readFileSync(join(import.meta.dir, "..", "..", "docs", "toolchains.md"), "utf8").split("\n");
  for (const { id, refused, without_layer } of ROWS) {
    const line = lines.find((one) =>
      one
        .match(/^\| ([\w ]+) \|/)?.[1]
        ?.split(" ")
        .includes(id),
    );
    expect({ id, named: line !== undefined }).toEqual({ id, named: (refused ?? without_layer) !== undefined });
    if (refused) expect(line).toContain(`\`${refused.rule}\``);
  }
});

test("each row is named once", () => {
  const ids = ROWS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
