import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { listKeys } from "./keys-list.ts";

/** Sources outside of the configuration itself. */
const src = join(import.meta.dir, "..", "..");
const sources = [...new Glob("**/*.ts").scanSync(src)]
  .filter((file) => !/^(config|e2e)\/|\.(test|suite)\.ts$|fixtures\//.test(file))
  .map((file) => readFileSync(join(src, file), "utf8"))
  .join("\n");

test("a key that is said to be unused has no consumer", () => {
  // Words of these tables are common ones.
  const keys = listKeys().filter(({ key }) => !/^(mcp_servers|tui|tools|features)\./.test(key));
  const named = (key: string) => new RegExp(`\\b${key.split(".").at(-1)}\\b`).test(sources);
  const wrong = keys.filter(({ key, used }) => !used && named(key)).map(({ key }) => key);
  expect(wrong).toEqual([]);
});
