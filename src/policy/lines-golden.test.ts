// What many command lines come to: verdict, reason, and the rule that `always` would make. Most stand at an edge of what is known.
// `bun run goldens` writes the judgements anew; a line that moves to `reads` has to be one that really only reads.
import { test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectGolden } from "../testkit/golden.suite.ts";
import { judgeCommand } from "./judge.ts";
import { proposePrefix } from "./propose.ts";

const fixture = (name: string) => join(import.meta.dir, "fixtures", name);
const NAMES = { safe: "reads", unknown: "asks", mutating: "changes" } as const;
/** `\n` in a line is a line end; lines that begin with `# ` are headings. */
const lines = readFileSync(fixture("lines.txt"), "utf8").trimEnd().split("\n");

function judged(line: string): string {
  const script = line.replaceAll("\\n", "\n");
  const { verdict, reason, segments } = judgeCommand(["bash", "-lc", script], { cwd: "/work", workspace: "/work" });
  const prefix = verdict === "safe" ? null : proposePrefix(segments, null);
  return `${line}\n  ${NAMES[verdict]}: ${reason.replaceAll("\n", "\\n")}${prefix ? `\n  always: ${prefix.join(" ")}` : ""}`;
}

test("command lines at the edges", async () => {
  const pages = lines.map((line) => (line.startsWith("# ") ? `\n${line}` : judged(line)));
  await expectGolden(fixture("judged.txt"), `${pages.join("\n").trimStart()}\n`);
});
