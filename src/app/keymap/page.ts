import { menuCommands } from "../commands/table.ts";
import { keyMarkdown } from "./help.ts";
import { KEY_TABLE } from "./table.ts";

/** docs/keys.md: every key and command of the app, from the tables that it runs by. */
export function keysPage(): string {
  const commands = menuCommands("app").map(({ name, aliases, usage, summary, app_only }) => {
    const names = [name, ...(aliases ?? [])].map((word) => `\`/${word}\``).join(", ");
    const words = usage === undefined ? "" : ` \`${usage.replaceAll("|", "\\|")}\``;
    return `| ${names}${words} | ${summary.replaceAll("|", "\\|")} | ${app_only ? "" : "yes"} |`;
  });
  return `# Keys and commands of the app

Written by \`bun scripts/docs.ts\` from \`src/app/keymap/table.ts\` and \`src/app/commands/table.ts\`.

## Keys
\`tui.keymap\` in the configuration gives an action other keys, by its name: \`keymap.send = ["ctrl-s"]\`; an empty list takes its keys away. A key that was
typed before a question had been on the screen for 400 ms never answers it: it goes into the composer.

${keyMarkdown(KEY_TABLE)}

## Commands
| command | what | in the repl, too |
|---|---|---|
${commands.join("\n")}
`;
}
