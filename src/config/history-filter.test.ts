import { expect, test } from "bun:test";
import { keepInHistory } from "./history-filter.ts";

const history = { persistence: "save-all", max_bytes: null, sensitive_patterns: ["internal-\\d+"] } as const;

const DROPPED = [
  `use ${"sk"}-proj-abcdefghijklmnop1234`,
  `export OPENAI_API_KEY=${"x".repeat(12)}`,
  `token: "${"t0k3n".repeat(3)}"`,
  `ghp_${"a1".repeat(15)}`,
  `AKIA${"A1".repeat(8)}`,
  `eyJhbGciOiJI.${"eyJ"}zdWIiOiIxMjM0.abc-def`,
  "-----BEGIN OPENSSH PRIVATE KEY-----",
  "clone https://me:hunter22@example.org/x.git",
  "about internal-42",
];
const KEPT = [
  "explain how the token bucket works",
  "why does password validation fail in login.ts?",
  "rename api_key to apiKey in config",
  "set the secret: from the vault",
  "git clone https://example.org/x.git",
  "the task-manager sk-learn import is slow",
  ["let token = $", "{process.env.TOKEN}"].join(""),
];

for (const prompt of DROPPED) test(`dropped: ${prompt}`, () => expect(keepInHistory(prompt, history)).toBe(false));
for (const prompt of KEPT) test(`kept: ${prompt}`, () => expect(keepInHistory(prompt, history)).toBe(true));

test("persistence none keeps nothing", () => {
  expect(keepInHistory("hi", { ...history, persistence: "none" })).toBe(false);
});
