// What the model gets when a thread of Codex goes on here is what that version sends when it goes on itself. The fixtures were made
// by those versions with a scripted model (2026-11), their own prompts taken out: the file before its last turn, and the request that
// began that turn. 0.8 left the past to its server, so that there only the file can be compared.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HistoryItem, promptText } from "../../../protocol/index.ts";
import { tempHome } from "../../sample.suite.ts";
import { storedThreads } from "../told.suite.ts";
import { codex } from "./codex.ts";

interface Sent {
  /** Lines of the file that were there before. */
  lines: number;
  prompt: string;
  input: Record<string, unknown>[];
}

const VERSIONS = ["0.20.0", "0.40.0", "0.50.0", "0.55.0", "0.60.1", "0.100.0", "0.130.0", "0.171.0"];

function fixture(version: string): { file: string; sent: Sent[] } {
  const dir = join(import.meta.dir, "..", "fixtures", `codex-${version}`);
  const name = readdirSync(dir).find((one) => one.startsWith("rollout-")) ?? "";
  return { file: join(dir, name), sent: JSON.parse(readFileSync(join(dir, "sent.json"), "utf8")) };
}

/** What of a request is compared: what was said, thought, called and answered, without the surroundings, which each program tells its own way. */
function essence(input: readonly Record<string, unknown>[]): unknown[] {
  return input.flatMap((item) => {
    if (item.type === "message" && item.role !== "assistant" && promptText(item as unknown as HistoryItem) === null)
      return [];
    const {
      type,
      role,
      content,
      call_id,
      name,
      arguments: args,
      input: text,
      output,
      summary,
      encrypted_content,
    } = item;
    const parts = Array.isArray(content) ? content.map((part) => part.text ?? part.image_url) : undefined;
    return [{ type, role, parts, call_id, name, args, text, output, summary, encrypted_content }];
  });
}

/** The history of a thread whose file has so many lines. */
function history(file: string, lines = Number.POSITIVE_INFINITY): readonly HistoryItem[] {
  using home = tempHome();
  const part = join(home.dir, "rollout-x.jsonl");
  writeFileSync(part, readFileSync(file, "utf8").split("\n").slice(0, lines).join("\n"));
  return storedThreads(codex.open, home.dir, part)[0]?.history ?? [];
}

test.each(VERSIONS)("%s", (version) => {
  const { file, sent } = fixture(version);
  for (const { lines, prompt: text, input } of sent) {
    const prompt = { type: "message", role: "user", content: [{ type: "input_text", text }] };
    expect(essence([...(history(file, lines) as never[]), prompt])).toEqual(essence(input));
  }
});

test("0.8.0: everything that was said and called", () => {
  const { file } = fixture("0.8.0");
  expect(history(file).map((item) => [item.type, "call_id" in item ? item.call_id : ""])).toEqual([
    ["message", ""],
    ["message", ""],
    ["function_call", "call_1"],
    ["function_call_output", "call_1"],
    ["function_call", "call_2"],
    ["function_call_output", "call_2"],
  ]);
});
