import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TEST_RUNNERS, testRunner } from "./test-runners.ts";

test.each([
  ["npm test", "npm"],
  ["npm run test:unit -- --watch=false", "npm"],
  ["cd web && CI=1 npx vitest run", "vitest"],
  ["uv run pytest -q", "pytest"],
  ["python3 -m pytest tests", "pytest"],
  ["cargo build && cargo test --all", "cargo"],
  ["bundle exec rspec", "rspec"],
  ["time env FOO=1 go test ./...", "go"],
  ["npm install", null],
  ["npm run build", null],
  ["echo npm test", null],
  [`echo "x && npm test"`, null],
  ["testing", null],
])("%s: %p", (script, runner) => expect(testRunner(script)).toBe(runner));

test("docs/exec.md has the table", () => {
  const docs = readFileSync(join(import.meta.dir, "../../../docs/exec.md"), "utf8");
  for (const [runner, patterns] of Object.entries(TEST_RUNNERS)) {
    expect(docs).toContain(`| ${runner} | ${patterns.map((pattern) => `\`${pattern}\``).join(", ")} |`);
  }
});
