import { readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { readable } from "../term/index.ts";

/** Names that a list of files shows at most; more are no help. */
const MOST_FILES = 200;

/** What Tab offers for a line: whole words, and the part of the line that they would replace, as readline wants it. */
export function complete(line: string, commands: readonly string[], cwd: string): [string[], string] {
  const command = line.match(/^[/.]\S*$/)?.[0];
  if (command !== undefined) {
    const sign = command.slice(0, 1);
    const fitting = commands.map((name) => `${sign}${name} `).filter((word) => word.startsWith(command));
    return [fitting, command];
  }
  const file = line.match(/(?:^|\s)(@\S*)$/)?.[1];
  return file === undefined ? [[], line] : [files(file.slice(1), cwd).map((path) => `@${path}`), file];
}

/** Files and directories that begin with what was typed; hidden ones only when asked for. */
function files(typed: string, cwd: string): string[] {
  const directory = typed.endsWith("/") || typed === "" ? typed : dirname(typed) === "." ? "" : `${dirname(typed)}/`;
  const start = typed.endsWith("/") ? "" : basename(typed);
  try {
    return (
      readdirSync(resolve(cwd, directory), { withFileTypes: true })
        .filter(({ name }) => name.startsWith(start) && (start.startsWith(".") || !name.startsWith(".")))
        // The line editor draws what it offers as it is.
        .filter(({ name }) => readable(name) === name && !name.includes("\n"))
        .slice(0, MOST_FILES)
        .map((entry) => `${directory}${entry.name}${entry.isDirectory() ? "/" : " "}`)
        .sort()
    );
  } catch {
    return [];
  }
}
