import { describe, expect, test } from "bun:test";
import { inputLines } from "./input-lines.ts";

async function read(chunks: (string | Uint8Array)[], max_bytes?: number) {
  const stream = new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(Buffer.from(chunk));
        controller.close();
      },
    }),
  ).body as ReadableStream<Uint8Array>;
  return Array.fromAsync(inputLines(stream, max_bytes));
}

describe("lines of an input", () => {
  test("however it is cut, with either end, the last without one", async () => {
    expect(await read(["a\nb", "b\r\n", "\n", "c"])).toEqual(["a", "bb", "", "c"]);
  });

  test("a character that two chunks share is whole", async () => {
    const bytes = Buffer.from("ä\n");
    expect(await read([bytes.subarray(0, 1), bytes.subarray(1)])).toEqual(["ä"]);
  });

  test("a line that is too long is told and skipped; those after it are read", async () => {
    expect(await read(["12345", "6\n1234", "5\n", "next\n", "123456"], 5)).toEqual([null, "12345", "next", null]);
  });
});
