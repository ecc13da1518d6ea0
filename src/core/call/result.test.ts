import { expect, test } from "bun:test";
import type { ToolOutcome } from "../../tools/index.ts";
import { resultOf } from "./result.ts";

type Item = ToolOutcome["item"];
const outcome = (status: ToolOutcome["status"], item: Item): ToolOutcome => ({
  status,
  body: "",
  total_lines: 0,
  total_bytes: 0,
  max_output_tokens: null,
  render: (body) => body,
  item,
  denial: null,
});
const command = (status: ToolOutcome["status"], aggregated_output: string, exit_code: number | null): Item => ({
  type: "command_execution",
  command: "x",
  aggregated_output,
  exit_code,
  status: status === "completed" ? "completed" : status === "failed" ? "failed" : "in_progress",
});
const told = (status: ToolOutcome["status"], item: Item) =>
  resultOf({ outcome: outcome(status, item) }, "for the model");
const object = (stdout: string) => ({
  stdout,
  stderr: "",
  interrupted: false,
  isImage: false,
  noOutputExpected: false,
});

test("of a command: what it printed, and the object without the line ends at its end", () => {
  const item = command("completed", "\u001b[1ma\r\n\n", 0);
  expect(told("completed", item)).toEqual({
    codex: "\u001b[1ma\r\n\n",
    claude: object("\u001b[1ma\r"),
    error: null,
  });
});

test("of one that failed: an error, with what it printed where it did", () => {
  expect(told("failed", command("failed", "a\n", 3))).toEqual({ codex: "a\n", claude: null, error: "Exit code 3\na" });
  expect(told("failed", command("failed", "", 1)).error).toBe("Exit code 1");
});

test("of one that runs on, files of codex are not told yet", () =>
  expect(told("in_progress", command("in_progress", "", null))).toEqual({
    codex: null,
    claude: object(""),
    error: null,
  }));

test("of a patch: its text, and its first file", () => {
  const changes = [
    { path: "/w/a", kind: "add" as const },
    { path: "/w/b", kind: "update" as const },
  ];
  const item = (status: "completed" | "failed"): Item => ({ type: "file_change", changes, status });
  const text = "for the model";
  const claude = { type: "create", filePath: "/w/a", files: ["/w/a", "/w/b"] };
  expect(told("completed", item("completed"))).toEqual({ codex: text, claude, error: null });
  expect(told("failed", item("failed"))).toEqual({ codex: text, claude: null, error: text });
});

test("of anything else: the text for the model, whole", () =>
  expect(told("completed", null)).toEqual({ codex: "for the model", claude: "for the model", error: null }));
