import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { setToml, unsetToml } from "./edit.ts";
import { tomlKey, tomlValue } from "./value.ts";

const SAMPLE = `# top
model = "a"   # keep

# about servers
[mcp_servers.x]
command = 'y' # literal
args = [
  "1", # one
  "2",
]

# end
[model_providers]
p = { base_url = "u" , http_headers = {} }
q.name = "Q"
`;

/** Key, value, line(s) of the sample that change, as a diff of whole lines. */
const SETS: [string[], unknown, string[]][] = [
  [["model"], "b", ['-model = "a"   # keep', '+model = "b"   # keep']],
  [["notify"], ["say", "x y"], ['+notify = ["say", "x y"]']],
  [["mcp_servers", "x", "command"], "z", ["-command = 'y' # literal", '+command = "z" # literal']],
  [["mcp_servers", "x", "enabled"], false, ["+enabled = false"]],
  [["mcp_servers", "x", "args"], [], ["-args = [", '-  "1", # one', '-  "2",', "-]", "+args = []"]],
  [["mcp_servers", "x", "env", "A"], "1", ["+[mcp_servers.x.env]", '+A = "1"', "+"]],
  [["mcp_servers", "x y", "url"], "h", ['+[mcp_servers."x y"]', '+url = "h"', "+"]],
  [["tui", "theme"], "dark", ["+[tui]", '+theme = "dark"', "+"]],
  [
    ["model_providers", "p", "name"],
    "P",
    ['-p = { base_url = "u" , http_headers = {} }', '+p = { base_url = "u" , http_headers = {}, name = "P" }'],
  ],
  [
    ["model_providers", "p", "http_headers", "X-A"],
    "1",
    ['-p = { base_url = "u" , http_headers = {} }', '+p = { base_url = "u" , http_headers = { X-A = "1" } }'],
  ],
  [["model_providers", "q", "base_url"], "u", ['+q.base_url = "u"']],
];

function changed(before: string, after: string): string[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const out = a.filter((line) => !b.includes(line)).map((line) => `-${line}`);
  const seen = [...a];
  for (const line of b) {
    const at = seen.indexOf(line);
    if (at === -1) out.push(`+${line}`);
    else seen.splice(at, 1);
  }
  return out;
}

describe("setToml", () => {
  for (const [keys, value, lines] of SETS) {
    test(`${keys.join(".")} = ${JSON.stringify(value)}`, async () => {
      const edited = await setToml(SAMPLE, keys, value);
      expect(edited.ok && changed(SAMPLE, edited.text)).toEqual(lines);
    });
  }

  test("a first key goes above the first table and its comment", async () => {
    expect(await setToml("# about t\n[t]\na = 1\n", ["model"], "m")).toEqual({
      ok: true,
      text: 'model = "m"\n\n# about t\n[t]\na = 1\n',
    });
    expect(await setToml("# title\n\n# about t\n[t]\na = 1\n", ["m"], 1)).toEqual({
      ok: true,
      text: "# title\n\nm = 1\n\n# about t\n[t]\na = 1\n",
    });
  });

  test("an empty file, one without a last line end, and one with CRLF", async () => {
    expect(await setToml("", ["a"], 1)).toEqual({ ok: true, text: "a = 1\n" });
    expect(await setToml("", ["a", "b"], 1)).toEqual({ ok: true, text: "[a]\nb = 1\n" });
    expect(await setToml("# only a comment", ["a"], 1)).toEqual({ ok: true, text: "# only a comment\na = 1\n" });
    expect(await setToml("a = 1", ["b"], 2)).toEqual({ ok: true, text: "a = 1\nb = 2\n" });
    expect(await setToml("a = 1\r\n[t]\r\n", ["t", "c"], 2)).toEqual({ ok: true, text: "a = 1\r\n[t]\r\nc = 2\r\n" });
  });

  test("what cannot be done in place is refused", async () => {
    expect(await setToml("[[a]]\nb = 1\n", ["a", "b"], 2)).toMatchObject({ ok: false });
    expect(await setToml("a = 1\n", ["a", "b"], 2)).toMatchObject({ ok: false });
  });

  test("any key in any text: the value is there, everything else is as before, every comment is kept", async () => {
    const word = fc.constantFrom("a", "b", "c d", "é", "");
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const leafs = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));
    const table = fc.dictionary(
      word,
      fc.oneof(leafs, fc.dictionary(word, fc.oneof(leafs, fc.dictionary(word, leafs)))),
    );
    const property = fc.asyncProperty(
      table,
      fc.array(word, { minLength: 1, maxLength: 3 }),
      leafs,
      async (before, keys, value) => {
        const text = stringify(before)
          .split("\n")
          .map((line) => (line === "" ? line : `${line} # note`))
          .join("\n");
        const edited = await setToml(text, keys, value);
        if (!edited.ok) return;
        let at: unknown = parse(edited.text);
        for (const key of keys) at = (at as Record<string, unknown>)[key];
        expect(at).toEqual(value);
        const notes = (t: string) => t.split("# note").length;
        expect(notes(edited.text)).toBe(notes(text));
        const back = await unsetToml(edited.text, keys);
        expect(back.ok).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
});

describe("unsetToml", () => {
  const UNSETS: [string[], string[]][] = [
    [["model"], ['-model = "a"   # keep']],
    [
      ["mcp_servers", "x", "args"],
      ["-args = [", '-  "1", # one', '-  "2",', "-]"],
    ],
    [
      ["mcp_servers", "x"],
      ["-[mcp_servers.x]", "-command = 'y' # literal", "-args = [", '-  "1", # one', '-  "2",', "-]"],
    ],
    [
      ["model_providers", "p", "base_url"],
      ['-p = { base_url = "u" , http_headers = {} }', "+p = { http_headers = {} }"],
    ],
    [
      ["model_providers", "p", "http_headers"],
      ['-p = { base_url = "u" , http_headers = {} }', '+p = { base_url = "u" }'],
    ],
    [["model_providers", "q"], ['-q.name = "Q"']],
    [["nothing"], []],
  ];
  for (const [keys, lines] of UNSETS) {
    test(keys.join("."), async () => {
      const edited = await unsetToml(SAMPLE, keys);
      expect(edited.ok && changed(SAMPLE, edited.text)).toEqual(lines);
    });
  }
});

test("tomlValue and tomlKey write what smol-toml reads back", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "binary" }),
      fc.integer(),
      fc.double({ noNaN: true }).filter((n) => !Number.isInteger(n)),
      fc.boolean(),
      fc.array(tie("any")),
      fc.dictionary(fc.string(), tie("any")),
    ),
  })).any;
  fc.assert(
    fc.property(fc.string(), value, (key, v) => {
      const parsed = parse(`${tomlKey([key])} = ${tomlValue(v)}`);
      expect(Object.keys(parsed)).toEqual([key]);
      expect(Bun.deepEquals(Object.values(parsed)[0], v)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
