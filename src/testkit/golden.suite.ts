import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Compares a text with the file that holds what it should be. `bun run goldens` (MOAT_UPDATE_GOLDEN=1) writes the file instead:
 * then the change of the file is what is to be reviewed.
 */
export async function expectGolden(file: string, text: string): Promise<void> {
  if (process.env.MOAT_UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(await Bun.file(file).text());
}
