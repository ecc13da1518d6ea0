import { expect, test } from "bun:test";
import { decoderFor } from "./decode.ts";

const decoded = async (bytes: Uint8Array) => (await decoderFor(bytes)).decode(bytes);

test.each([
  ["plain", "hello\n"],
  ["UTF-8", "grüße 設定 🎉\n"],
  ["nothing", ""],
])("%s is UTF-8", async (_, text) => expect(await decoded(Buffer.from(text))).toBe(text));

test("a text that was cut within a character stays UTF-8", async () => {
  expect(await decoded(Buffer.from("grüße 設").subarray(0, -1))).toBe("grüße \ufffd");
});

test("a few bytes that fit nowhere do not make it another encoding", async () => {
  const bytes = Buffer.concat([Buffer.from("naïve café, déjà vu: "), Buffer.from([0xff]), Buffer.from("\n")]);
  expect(await decoded(bytes)).toBe("naïve café, déjà vu: \ufffd\n");
});

test("Western European, in a word and in a text", async () => {
  for (const text of [
    "café\n",
    "héllo wörld\n",
    "naïve\tgarçon: 5 °C\n",
    "Größe: 12 KB, für später übernommen\n".repeat(5),
  ])
    expect(await decoded(Buffer.from(text, "latin1"))).toBe(text);
});

test("UTF-16 with its mark", async () => {
  const text = "eins\r\nzwei ü\r\n";
  expect(await decoded(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]))).toBe(text);
});

test("Japanese as Windows has it", async () => {
  // "これは日本語のテキストです。設定を開いてください。" in Shift_JIS.
  const bytes = Buffer.from(
    "82b182ea82cd93fa967b8cea82cc8365834c83588367 82c582b78142 90dd92e882f08a4a82a282c482ad82be82b382a28142".replaceAll(
      " ",
      "",
    ),
    "hex",
  );
  expect(await decoded(Buffer.concat([bytes, bytes]))).toStartWith(
    "これは日本語のテキストです。設定を開いてください。",
  );
  // A word or two, in Shift_JIS and in EUC-JP.
  expect(await decoded(Buffer.from("90dd92e8837483408343838b82cc93e09765", "hex"))).toBe("設定ファイルの内容");
  expect(await decoded(Buffer.from("a4b3a4f3a4cba4c1a4cf", "hex"))).toBe("こんにちは");
});

test("what is no text stays bytes that fit nowhere", async () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => (at * 7) % 256);
  expect(await decoded(bytes)).toBe(new TextDecoder().decode(bytes));
});
