import { join } from "node:path";
import { type Import, planFile } from "../../../config/editing.ts";
import { printRule } from "../../../policy/index.ts";

/** A line of the peer's permissions about a command. */
export interface Permission {
  /** As the peer has it, for what is said. */
  key: string;
  decision: "allow" | "prompt" | "forbidden";
  /** The line of the command; `*` or `:*` at its end: with more behind it. */
  line: string;
}

/** Signs that are more than a word to a shell. */
const NOT_PLAIN = /[|&;<>()$`\\"'{}[\]!~#?]/;

/**
 * Writes permissions as rules into a file of their own. What is allowed stays in the sandbox, which the peers do not have. A line that
 * cannot be said by its first words is dropped, with the reason: an allowing rule must not mean more than it did.
 */
export function planRules(permissions: readonly Permission[], peer: string, moat_home: string, plan: Import): void {
  const file = join(moat_home, "rules", `${peer}.rules`);
  const rules = permissions.flatMap((permission) => {
    const read = wordsOf(permission);
    if (!("why" in read)) return [ruleText(read.words, permission.decision)];
    plan.dropped.push({ key: permission.key, why: read.why });
    return [];
  });
  if (rules.length === 0) return;
  const head = `# From ${peer}'s permissions, by \`moat config import-${peer}\`, which writes this file anew.\n`;
  planFile(file, head + [...new Set(rules)].join(""), `${rules.length} rules`, plan);
}

function ruleText(words: string[], decision: Permission["decision"]): string {
  const pattern = words.map((word) => [word]);
  return printRule({ pattern, decision, sandboxed: decision === "allow", justification: null });
}

function wordsOf({ line, decision }: Permission): { words: string[] } | { why: string } {
  const open = /(?::|\s)?\*$/.exec(line);
  const plain = (open === null ? line : line.slice(0, open.index)).trim();
  if (plain === "") return { why: "it is about every command: see approval_policy and sandbox_mode" };
  if (plain.includes("*")) return { why: "rules know the first words of a command, and no `*` between them" };
  if (NOT_PLAIN.test(plain))
    return { why: "rules know the words of one command, and nothing that a shell makes of them" };
  const words = plain.split(/\s+/);
  if (open === null && decision === "allow")
    return {
      why: `it allowed exactly this line, and a rule allows all that begin so. If that is meant: ${ruleText(words, decision).trim()}`,
    };
  return { words };
}
