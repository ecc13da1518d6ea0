import { grammarOf } from "./grammars.ts";

/** What a piece of code is. */
export type Kind = "code" | "comment" | "string" | "word" | "number" | "added" | "removed";

export interface Token {
  kind: Kind;
  text: string;
}

/** Code in pieces, which together are the code; null: the language is not known. One pass. */
export function tokens(code: string, language: string): Token[] | null {
  const grammar = grammarOf(language);
  if (grammar === null) return null;
  const found: Token[] = [];
  let at = 0;
  for (const match of code.matchAll(grammar)) {
    const kind = kindOf(match.groups ?? {});
    if (match.index > at) found.push({ kind: "code", text: code.slice(at, match.index) });
    found.push({ kind, text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < code.length) found.push({ kind: "code", text: code.slice(at) });
  return found;
}

const KINDS = ["comment", "string", "word", "number", "added", "removed"] as const;

function kindOf(groups: Record<string, string | undefined>): Kind {
  return KINDS.find((kind) => groups[kind] !== undefined) ?? "code";
}
