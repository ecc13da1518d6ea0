import { join } from "node:path";
import { fieldLine, frontMatter } from "./front-matter.ts";
import { entriesIn, firstOfName, type LibraryPlaces, libraryDirectories, libraryText } from "./places.ts";

/** A folder with instructions for one kind of task (agentskills.io). */
export interface Skill {
  name: string;
  /** One line: when it is of use. */
  description: string;
  /** Its SKILL.md. Absolute. */
  file: string;
  /** What it says, without the top of the file. */
  text: string;
}

/** Characters of a description that every request pays for, and skills that are listed. */
const DESCRIPTION = 300;
const MOST_SKILLS = 50;

/** The skills of the user and of a trusted project. Only the top of each SKILL.md is of interest here. */
export function discoverSkills(places: LibraryPlaces): Skill[] {
  const shared = [".agents/skills", ".claude/skills", ".codex/skills", ".moat/skills"];
  const directories = libraryDirectories(
    places,
    "skills",
    [".agents/skills", ".claude/skills", ".codex/skills"],
    shared,
  );
  const found = directories.flatMap((directory) =>
    entriesIn(directory).flatMap((folder): Skill[] => {
      const name = join(folder, "SKILL.md");
      const text = libraryText(directory, name);
      if (text === null) return [];
      const { fields, body } = frontMatter(text);
      const description = fieldLine(fields.description, DESCRIPTION) ?? fieldLine(body, DESCRIPTION);
      return description === null
        ? []
        : [{ name: fieldLine(fields.name, 64) ?? folder, description, file: join(directory.path, name), text: body }];
    }),
  );
  return firstOfName(found).slice(0, MOST_SKILLS);
}
