import type { CompletedCommand, CompletedFlag, ValueKind } from "./model.ts";

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** Completion for fish: one line a command, word and flag. */
export function fishCompletion(commands: CompletedCommand[]): string {
  const names = commands.flatMap((command) => command.names);
  const top = commands.flatMap(({ names: own, summary }) =>
    own.map((name) => `complete -c moat -f -n __moat_no_command -a ${name} -d ${quoted(summary)}`),
  );
  const inside = commands.flatMap(({ names: own, words, flags }) => {
    const when = `-n '__fish_seen_subcommand_from ${own.join(" ")}'`;
    return [
      ...words.map((word) => `complete -c moat ${when} -a ${word}`),
      ...flags.map((flag) => `complete -c moat ${when} ${flagWords(flag)} -d ${quoted(flag.help)}`),
    ];
  });
  return `# moat completion fish: put it into ~/.config/fish/completions/moat.fish
function __moat_no_command
  not __fish_seen_subcommand_from ${names.join(" ")}
end
${[...top, ...inside].join("\n")}
`;
}

function flagWords({ long, short, value }: CompletedFlag): string {
  const names = [...long.map((name) => `-l ${name}`), ...(short ? [`-s ${short}`] : [])].join(" ");
  return value === null ? names : `${names} ${valueWords(value)}`;
}

function valueWords(value: ValueKind): string {
  if (value.type === "words") return `-x -a ${quoted(value.words.join(" "))}`;
  if (value.type === "directory") return "-x -a '(__fish_complete_directories)'";
  return value.type === "file" ? "-r -F" : "-x";
}
