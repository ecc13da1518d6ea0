import { type CompletedCommand, type CompletedFlag, listedAfter, type ValueKind } from "./model.ts";

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** Completion for fish: one line a command, word and flag. */
export function fishCompletion(commands: CompletedCommand[], bare: CompletedFlag[]): string {
  const names = commands.flatMap((command) => command.names);
  const top = commands.flatMap(({ names: own, summary }) =>
    own.map((name) => `complete -c moat -f -n __moat_no_command -a ${name} -d ${quoted(summary)}`),
  );
  return `# moat completion fish: put it into ~/.config/fish/completions/moat.fish
function __moat_no_command
  not __fish_seen_subcommand_from ${names.join(" ")}
end
function __moat_listed
  moat completion list $argv[1] 2>/dev/null
end
${[...top, ...bare.map((flag) => flagLine("__moat_no_command", flag)), ...commands.flatMap(inside)].join("\n")}
`;
}

function inside(command: CompletedCommand): string[] {
  const { names, verbs, flags } = command;
  const within = `__fish_seen_subcommand_from ${names.join(" ")}`;
  const known = verbs.map(({ name }) => name).join(" ");
  const none = `${within}; and not __fish_seen_subcommand_from ${known}`;
  return [
    ...verbs.map(({ name, summary }) => `complete -c moat -f -n ${quoted(none)} -a ${name} -d ${quoted(summary)}`),
    ...listedAfter(command).map(([what, after]) => {
      const when = after[0] === "" ? within : `${within}; and __fish_seen_subcommand_from ${after.join(" ")}`;
      return `complete -c moat -f -k -n ${quoted(when)} -a '(__moat_listed ${what})'`;
    }),
    ...flags.map((flag) => flagLine(within, flag)),
  ];
}

function flagLine(when: string, flag: CompletedFlag): string {
  return `complete -c moat -n ${quoted(when)} ${flagWords(flag)} -d ${quoted(flag.help)}`;
}

function flagWords({ long, short, value }: CompletedFlag): string {
  const names = [...long.map((name) => `-l ${name}`), ...(short ? [`-s ${short}`] : [])].join(" ");
  return value === null ? names : `${names} ${valueWords(value)}`;
}

function valueWords(value: ValueKind): string {
  if (value.type === "words") return `-x -a ${quoted(value.words.join(" "))}`;
  if (value.type === "listed") return `-x -a '(__moat_listed ${value.what})'`;
  if (value.type === "directory") return "-x -a '(__fish_complete_directories)'";
  return value.type === "file" ? "-r -F" : "-x";
}
