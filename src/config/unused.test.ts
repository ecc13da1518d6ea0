// A key that is said to be unused has no consumer, one that is not has one, and whoever sets an unused one is told.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { Fixture } from "./fixture.ts";
import { type ConfigKeyRow, listKeys } from "./schema/keys-list.ts";

const src = join(import.meta.dir, "..");

/** The code of every file that may look at a setting, without comments and texts: the schema itself, tests and what writes settings do not count. */
const sources = [...new Glob("**/*.ts").scanSync(src)]
  .filter(
    (file) =>
      !/^(?:config\/schema|config\/import|cli\/config\/import|e2e|testkit)\/|(?:\.(?:test|suite)|fixture)\.ts$|fixtures\//.test(
        file,
      ),
  )
  .map((file) => ({ file, code: codeOf(readFileSync(join(src, file), "utf8")) }));

function codeOf(text: string): string {
  const without = text
    .replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "")
    .replace(/`(?:[^`\\]|\\.)*`/g, (template) =>
      [...template.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => code).join(" "),
    );
  return without.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
}

/** Words under which the values of a table travel, beside its own name. */
const TRAVELS_AS: Record<string, string[]> = {
  model_providers: ["ProviderConfig", "AuthCommand"],
  sandbox_workspace_write: ["writable_roots", "exclude_slash_tmp"],
  shell_environment_policy: ["ShellEnvironmentPolicy"],
  history: ["keepInHistory"],
};

const says = (code: string, word: string) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(code);

/** Files in which a key is looked at: they have its last word and, for a key of a table, a word that the table travels as. */
function consumers(key: string): string[] {
  const parts = key.split(".").filter((part) => part !== "NAME");
  const [table = ""] = parts;
  const last = parts.at(-1) ?? "";
  const tables = parts.length === 1 ? [last] : [table, ...(TRAVELS_AS[table] ?? [])];
  return sources
    .filter(({ code }) => says(code, last) && tables.some((word) => says(code, word)))
    .map(({ file }) => file);
}

/** Unused keys whose words are found all the same, and why. */
const MENTIONED: Record<string, string> = {
  "tools.update_plan.enabled":
    "mcp/offer/lookup.ts: a server's tools and an error that is handed on; nothing asks for it",
  "features.NAME": "cli/mode-flags.ts sets them, cli/config/features.ts lists them; nothing asks for one",
};

test("a key that is said to be unused has no consumer, in no table", () => {
  const found = listKeys().filter(({ key, used }) => !used && consumers(key).length > 0);
  expect(found.map(({ key }) => key).sort()).toEqual(Object.keys(MENTIONED).sort());
});

test("every other key has one", () => {
  const lost = listKeys().filter(({ key, used }) => used && consumers(key).length === 0);
  expect(lost.map(({ key }) => key)).toEqual([]);
});

describe("at start", () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = new Fixture();
  });
  afterEach(() => fixture.remove());

  const told = (warnings: string[]) => warnings.filter((text) => text.includes("no effect yet"));

  /** Values for keys whose default is none, or empty. */
  const VALUES: Record<string, unknown> = {
    url: "https://example.com/",
    status_line: ["model"],
    enabled_tools: ["a"],
    cwd: "/tmp",
    log_dir: "/tmp",
    background_terminal_max_timeout: 5,
  };
  const sampleOf = ({ key, leaf }: ConfigKeyRow) => VALUES[key.split(".").at(-1) ?? ""] ?? leaf.fallback ?? "word";

  test("each unused key is named once, those of a file in one sentence with the file", async () => {
    const unused = listKeys().filter(({ used }) => !used);
    const lines = unused.map((row) => `${row.key} = ${JSON.stringify(sampleOf(row))}`);
    const file = fixture.write(".moat/config.toml", `${lines.join("\n")}\nmodel = "m"\n`);
    const { warnings } = await fixture.loaded();
    const [sentence = "", ...more] = told(warnings);
    expect(more).toEqual([]);
    expect(sentence).toStartWith(`${file}: `);
    const names = sentence.slice(file.length + 2, sentence.indexOf(" have no effect yet")).split(", ");
    expect(names.sort()).toEqual(unused.map(({ key }) => key).sort());
  });

  test.each(listKeys().filter(({ used }) => !used))("$key alone, as a flag", async (row) => {
    const { warnings } = await fixture.loaded({ overrides: [`${row.key}=${JSON.stringify(sampleOf(row))}`] });
    expect(told(warnings)).toEqual([`${row.key} has no effect yet: moat reads and checks it, and nothing more.`]);
  });

  test("a setting that counts says nothing; of a project's file only what is used of it", async () => {
    fixture.write(".moat/config.toml", 'model = "m"\nsandbox_mode = "read-only"\n');
    fixture.write("work/.moat/config.toml", "include_environment_context = false\n");
    expect(told((await fixture.loaded()).warnings)).toEqual([]);
    expect(told((await fixture.loaded({ trust: true })).warnings)).toHaveLength(1);
  });
});
