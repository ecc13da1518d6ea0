import { basename } from "node:path";
import { fieldLine, frontMatter } from "./front-matter.ts";
import { entriesIn, firstOfName, type LibraryPlaces, libraryDirectories, libraryText } from "./places.ts";

/** A prompt that a person keeps in a file, to be said with arguments. */
export interface PromptFile {
  name: string;
  /** One line; empty where the file says nothing. */
  description: string;
  /** How its arguments are called; empty: not said. */
  usage: string;
  text: string;
}

/** The prompt files of the user and of a trusted project: of Codex (`prompts/`), Claude Code (`commands/`) and opencode (`command/`). */
export function discoverPrompts(places: LibraryPlaces): PromptFile[] {
  const user = [".codex/prompts", ".claude/commands", ".config/opencode/command"];
  const shared = [".moat/prompts", ".claude/commands", ".opencode/command"];
  const found = libraryDirectories(places, "prompts", user, shared).flatMap((directory) =>
    entriesIn(directory).flatMap((name): PromptFile[] => {
      const text = name.endsWith(".md") ? libraryText(directory, name) : null;
      if (text === null) return [];
      const { fields, body } = frontMatter(text);
      const description = fieldLine(fields.description, 200) ?? "";
      return [
        { name: basename(name, ".md"), description, usage: fieldLine(fields["argument-hint"], 60) ?? "", text: body },
      ];
    }),
  );
  return firstOfName(found);
}

/**
 * The prompt with its arguments: `$ARGUMENTS` is all of them, `$1` to `$9` one each (quotes keep words together), `$$` a dollar. A text that
 * asks for none gets them at its end. Nothing of it is run, and no file that it names is read.
 */
export function filledPrompt({ text }: Pick<PromptFile, "text">, words: string): string {
  const list = [...words.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");
  let asks = false;
  const filled = text.replace(/\$(\$|ARGUMENTS\b|[1-9])/g, (_, what: string) => {
    if (what === "$") return "$";
    asks = true;
    return what === "ARGUMENTS" ? words : (list[Number(what) - 1] ?? "");
  });
  return asks || words.trim() === "" ? filled : `${filled}\n\n${words}`;
}
