/** A text file with settings at its top, as Claude Code, opencode and the Agent Skills format have it. */
export interface FrontMatter {
  /** What stands between the two lines of dashes; empty where there is none, or it is no YAML table. */
  fields: Record<string, unknown>;
  /** The rest, without white space around it. */
  body: string;
}

/** Takes the YAML between `---` lines off the top of a text. */
export function frontMatter(text: string): FrontMatter {
  const found = /^\uFEFF?---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(text);
  if (!found) return { fields: {}, body: text.trim() };
  return { fields: fieldsOf(found[1] ?? ""), body: text.slice(found[0].length).trim() };
}

function fieldsOf(yaml: string): Record<string, unknown> {
  try {
    const value: unknown = Bun.YAML.parse(yaml);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return plainFields(yaml);
  }
}

/** Lines like `description: Use this when: …`, which people write and YAML refuses. */
function plainFields(yaml: string): Record<string, string> {
  const lines = yaml.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, name, value] = /^([\w-]+):[ \t]+(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value.trim()]];
  });
  return Object.fromEntries(lines);
}

/** A field as one line of at most that many characters; null when it is no text. */
export function fieldLine(value: unknown, most: number): string | null {
  if (typeof value !== "string") return null;
  const line = value.replace(/\s+/g, " ").trim();
  return line === "" ? null : line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
