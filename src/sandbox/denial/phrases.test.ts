// What is read in the words of common tools, message by message. `bun run goldens` writes the readings anew.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectGolden } from "../../testkit/golden.suite.ts";
import { findRefusals, type RefusedPart } from "./phrases.ts";

const fixture = (name: string) => join(import.meta.dir, "fixtures", name);
const read = (output: string, exit_code = 1) => findRefusals(output, ["/w/sub", "/w"], exit_code, "/home/u");

function words(refusal: RefusedPart): string {
  switch (refusal.kind) {
    case "file":
      return `file ${refusal.access} ${refusal.path}`;
    case "network":
      return `network ${refusal.reason} ${refusal.host ?? "-"} ${refusal.port ?? "-"}`;
    case "unix":
      return `unix ${refusal.path}`;
    case "syscall":
      return `syscall ${refusal.rule}`;
    case "cache":
      return `cache ${refusal.tool} ${refusal.place}`;
    case "login":
      return `login ${refusal.host}`;
    case "agent":
      return "agent";
  }
}

test("what tools say", async () => {
  const said = readFileSync(fixture("said.txt"), "utf8").trimEnd().split("\n");
  const pages = said.map((line) => {
    const found = read(line.replaceAll("\\n", "\n")).map((refusal) => `  ${words(refusal)}`);
    return [line, ...(found.length > 0 ? found : ["  nothing"])].join("\n");
  });
  await expectGolden(fixture("read.txt"), `${pages.join("\n")}\n`);
});

const PATH: RefusedPart = { kind: "file", access: "write", path: "/opt/a" };
const LINE = "Error: EROFS: read-only file system, open '/opt/a'";

test("a shell that cannot execute a file is told from one that cannot write", () => {
  expect(read("bash: line 1: /opt/a: Permission denied", 126)).toEqual([]);
  expect(read("sh: 1: /opt/a: Permission denied", 126)).toEqual([]);
  expect(read("/bin/dash: 1: /opt/a: Permission denied", 126)).toEqual([]);
  expect(read("sh: 1: cannot create /opt/a: Permission denied", 126)).toMatchObject([{ path: "/opt/a" }]);
  expect(read("bash: line 1: /opt/a: Permission denied", 1)).toMatchObject([{ access: "any", path: "/opt/a" }]);
  expect(read(LINE, 126)).toEqual([PATH]);
});

test("an output is read at its end, and no line that is longer than a message", () => {
  const filler = "\n".repeat(64 * 1024 - LINE.length - 1);
  expect(read(`${LINE}\n${filler}`)).toEqual([PATH]);
  expect(read(`${LINE}\n${filler}\n`)).toMatchObject([{ kind: "file" }]);
  expect(read(`${LINE}\n${filler}${"\n".repeat(LINE.length)}`)).toEqual([]);
  const padded = (length: number) => `${"x".repeat(length - LINE.length - 1)} ${LINE}`;
  expect(read(padded(4096))).toMatchObject([{ path: "/opt/a" }]);
  expect(read(padded(4097))).toEqual([]);
});

test("lines end as on any system, and what a terminal draws over is a line of its own", () => {
  for (const end of ["\n", "\r\n", "\r"]) expect(read(["a", LINE, "b"].join(end))).toEqual([PATH]);
});

test("what cannot be a path is none", () => {
  for (const text of ["a\0b", "ENOENT", "git@host"]) expect(read(`Error: EROFS, open '${text}'`)).toEqual([]);
  for (const text of ["ENOENT.txt", "XENOENT", "a/git@host"])
    expect(read(`Error: EROFS, open '${text}'`)).toHaveLength(2);
});

test("a path that is not absolute may begin in any of the directories, and is named once", () => {
  expect(read("Error: EROFS: read-only file system, rename 'a' -> 'a'").map(words)).toEqual([
    "file write /w/sub/a",
    "file write /w/a",
  ]);
});
