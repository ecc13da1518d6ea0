import { appendFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readRegular } from "../base/index.ts";
import type { Rules } from "../policy/index.ts";

const directoryOf = (moat_home: string) => join(moat_home, "rules");

/** Bytes of a rule file that are read. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The rules in force, with sentences about those that are not applied; or what is wrong with a file: rules that cannot be
 * read must not be silently left out.
 */
export async function readRules(
  moat_home: string,
): Promise<{ ok: true; rules: Rules; notes: string[] } | { ok: false; message: string }> {
  const files = ruleFiles(directoryOf(moat_home));
  if (files.length === 0) return { ok: true, rules: { prefix: [] }, notes: [] };
  const { mergeRules, parseRules, ruleErrorText } = await import("../policy/index.ts");
  const read: Rules[] = [];
  const notes: string[] = [];
  for (const file of files) {
    const source = readRegular(file, MAX_BYTES);
    if (!source.ok) return { ok: false, message: `${file} cannot be read: ${source.why}` };
    const parsed = parseRules(source.bytes.toString("utf8"), file);
    if (!parsed.ok) return { ok: false, message: parsed.errors.map(ruleErrorText).join("\nmoat: ") };
    read.push(parsed.rules);
    notes.push(...parsed.notes);
  }
  return { ok: true, rules: mergeRules(read), notes };
}

function ruleFiles(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith(".rules"));
    return names.sort().map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Keeps a rule that an answer made; such rules have a file of their own, which people may edit. */
export function appendRule(moat_home: string, rule: string): void {
  const directory = directoryOf(moat_home);
  const file = join(directory, "default.rules");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const source = readRegular(file, MAX_BYTES);
  if (!source.ok && source.code !== "ENOENT") throw new Error(`${file}: ${source.why}`);
  const before = source.ok ? source.bytes.toString("utf8") : "";
  if (before.split("\n").includes(rule.trimEnd())) return;
  // A person's editor may have left the last line without an end; a rule glued to it would make the file unreadable.
  appendFileSync(file, before === "" || before.endsWith("\n") ? rule : `\n${rule}`, { mode: 0o600 });
}
