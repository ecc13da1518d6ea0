import type { CompletedCommand, CompletedFlag, ValueKind } from "./model.ts";

const spelled = ({ long, short }: CompletedFlag) => [
  ...long.map((name) => `--${name}`),
  ...(short ? [`-${short}`] : []),
];

/** Completion for bash 4 and newer, without the bash-completion package. */
export function bashCompletion(commands: CompletedCommand[], bare: CompletedFlag[]): string {
  const names = commands.flatMap((command) => command.names);
  const cases = commands.map(({ names: own, words, flags }) => {
    const offered = [...words, ...flags.flatMap(spelled)].join(" ");
    return `    ${own.join("|")})\n      words="${offered}"\n      ;;`;
  });
  return `# moat completion bash: source it, or put it where bash-completion looks for files.
_moat() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
    ${names.join("|")}) command="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$command:$previous" in
${valueCases([...commands, { names: [""], flags: bare }]).join("\n")}
  esac
  case "$command" in
    "")
      words="${[...names, "help", ...bare.flatMap(spelled)].join(" ")}"
      ;;
${cases.join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _moat moat
`;
}

/** What follows a flag that takes a value; \`-o default\` completes files. */
function valueCases(commands: Pick<CompletedCommand, "names" | "flags">[]): string[] {
  return commands.flatMap(({ names, flags }) =>
    flags.flatMap((flag) => {
      if (flag.value === null) return [];
      const patterns = names.flatMap((name) => spelled(flag).map((word) => `${name}:${word}`));
      return [`    ${patterns.join("|")}) ${generator(flag.value)} return ;;`];
    }),
  );
}

function generator(value: ValueKind): string {
  if (value.type === "words") return `mapfile -t COMPREPLY < <(compgen -W "${value.words.join(" ")}" -- "$current");`;
  if (value.type === "directory") return `mapfile -t COMPREPLY < <(compgen -d -- "$current");`;
  return "COMPREPLY=();";
}
