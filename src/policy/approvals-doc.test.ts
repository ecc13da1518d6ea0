import { expect, test } from "bun:test";
import { readDocument, refresh } from "../../scripts/approvals-doc.ts";

test("docs/approvals.md is up to date: run `bun scripts/approvals-doc.ts`", () => {
  const document = readDocument();
  expect(refresh(document)).toBe(document);
});
