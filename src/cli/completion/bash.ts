import { type CompletedCommand, type CompletedFlag, listedAfter, spelled, type ValueKind } from "./model.ts";

/** Completion for bash 4 and newer, without the bash-completion package. */
export function bashCompletion(commands: CompletedCommand[], bare: CompletedFlag[]): string {
  const names = commands.flatMap((command) => command.names);
  return `# moat completion bash: source it, or put it where bash-completion looks for files.
_moat_listed() {
  mapfile -t COMPREPLY < <(compgen -W "$("\${COMP_WORDS[0]}" completion list "$1" 2>/dev/null | cut -f1)" -- "$2")
}
_moat() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" verb="" words="" i
  # bash makes three words of --flag=value.
  if [[ $current == "=" ]]; then current=""
  elif [[ $previous == "=" ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ -n $command ]]; then
      if [[ \${COMP_WORDS[i]} != -* ]]; then verb="\${COMP_WORDS[i]}"; break; fi
      continue
    fi
    case "\${COMP_WORDS[i]}" in
    ${names.join("|")}) command="\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$command:$previous" in
${valueCases([...commands, { names: [""], flags: bare }]).join("\n")}
  esac
  case "$command:$verb" in
${verbCases(commands).join("\n")}
  esac
  case "$command:$verb" in
    ":"*)
      words="${[...names, "help", ...bare.flatMap(spelled)].join(" ")}"
      ;;
${commands.flatMap(wordCases).join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _moat moat
`;
}

/** Flags always, verbs until there is one. */
function wordCases({ names, verbs, flags }: CompletedCommand): string[] {
  const offered = flags.flatMap(spelled);
  const line = (after: string, words: string[]) =>
    `    ${names.map((name) => `${name}:${after}`).join("|")})\n      words="${words.join(" ")}"\n      ;;`;
  return [line('""', [...verbs.map(({ name }) => name), ...offered]), line("*", offered)];
}

/** What is listed behind a verb, or behind the command itself, unless a flag is being typed. */
function verbCases(commands: CompletedCommand[]): string[] {
  return commands.flatMap((command) =>
    listedAfter(command).map(([what, verbs]) => {
      const patterns = command.names.flatMap((name) => verbs.map((verb) => `${name}:${verb === "" ? '""' : verb}`));
      return `    ${patterns.join("|")}) [[ $current == -* ]] || { _moat_listed ${what} "$current"; return; } ;;`;
    }),
  );
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
  if (value.type !== "listed") return "COMPREPLY=();";
  // A value is still to be typed behind the key.
  const more = value.what === "settings" ? " compopt -o nospace 2>/dev/null;" : "";
  return `_moat_listed ${value.what} "$current";${more}`;
}
