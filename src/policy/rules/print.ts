import type { PrefixRule } from "./rule.ts";

/** A rule as it stands in a file, on one line, ending in a newline. */
export function printRule(rule: Omit<PrefixRule, "place">): string {
  const words = rule.pattern.map((alternatives) => {
    const [only] = alternatives;
    return alternatives.length === 1 && only !== undefined ? quote(only) : `[${alternatives.map(quote).join(", ")}]`;
  });
  const parts = [`pattern=[${words.join(", ")}]`, `decision=${quote(rule.decision)}`];
  if (rule.sandboxed) parts.push("sandboxed=True");
  for (const name of ["write", "sockets", "read"] as const) {
    const paths = rule[name] ?? [];
    if (paths.length > 0) parts.push(`${name}=[${paths.map(quote).join(", ")}]`);
  }
  if (rule.network !== undefined) parts.push(`network=${network(rule.network)}`);
  if (rule.justification !== null) parts.push(`justification=${quote(rule.justification)}`);
  return `prefix_rule(${parts.join(", ")})\n`;
}

function network(opened: NonNullable<PrefixRule["network"]>): string {
  return opened === "full" ? "True" : `[${opened.hosts.map(quote).join(", ")}]`;
}

/** The escapes of JSON are escapes of Starlark too. */
function quote(text: string): string {
  return JSON.stringify(text);
}
