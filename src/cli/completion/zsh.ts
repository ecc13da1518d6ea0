import { type CompletedCommand, type CompletedFlag, listedAfter, type ValueKind } from "./model.ts";

/** Inside single quotes, and without what \`_arguments\` and \`_describe\` take for their own: colons and brackets. */
const quoted = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");

/**
 * Completion for zsh: a function that lies in a directory of $fpath as \`_moat\`, or is sourced. A blank in
 * front of an action keeps `_arguments` from putting words of its own into the call.
 */
export function zshCompletion(commands: CompletedCommand[], bare: CompletedFlag[]): string {
  const names = commands.flatMap((command) => command.names);
  const listed = commands.flatMap(({ names: own, summary }) => own.map((name) => `    '${name}:${quoted(summary)}'`));
  return `#compdef moat
# moat completion zsh: put it into a directory of $fpath as _moat, or source it after compinit.
_moat_commands() {
  local -a commands
  commands=(
${listed.join("\n")}
  )
  _describe -t commands 'moat command' commands
}
# What moat knows itself: a word a line, behind a tab what it is.
_moat_listed() {
  local -a found
  found=("\${(@f)$(command moat completion list $1 2>/dev/null)}")
  found=("\${(@)\${(@)found:#}//:/\\\\:}")
  found=("\${(@)found//$'\\t'/:}")
  if [[ $1 == settings ]]; then _describe -t $1 $1 found -S ''; else _describe -V -t $1 $1 found; fi
}
_moat() {
  local command="" verb="" rest="_files" i
  for ((i = 2; i < CURRENT; i++)); do
    if [[ -n $command ]]; then
      if [[ \${words[i]} != -* ]]; then verb="\${words[i]}"; break; fi
      continue
    fi
    case "\${words[i]}" in
    ${names.join("|")}) command="\${words[i]}"; words=("\${(@)words[i,-1]}"); (( CURRENT -= i - 1 )); i=1 ;;
    esac
  done
  case "$command" in
    "")
      _arguments -s \\
        ${["'*: :_moat_commands'", ...bare.flatMap(flagSpecs)].join(" \\\n        ")}
      ;;
${commands.map(commandCase).join("\n")}
  esac
}
if [[ "$funcstack[1]" == _moat ]]; then _moat "$@"; else compdef _moat moat; fi
`;
}

function commandCase(command: CompletedCommand): string {
  const { names, verbs, flags, takes } = command;
  const rest = listedAfter(command).map(([what, after]) => {
    const when = after[0] === "" ? "" : `case "$verb" in ${after.join("|")}) `;
    return `      ${when}rest=" _moat_listed ${what}"${when === "" ? "" : " ;; esac"}`;
  });
  const described = verbs.map(({ name, summary }) => `${name}\\:"${quoted(summary).replaceAll('"', '\\"')}"`);
  const first = verbs.length > 0 && takes === null ? [`'1: :((${described.join(" ")}))'`] : [];
  const specs = [...first, '"*: :$rest"', ...flags.flatMap(flagSpecs)];
  const head = `    ${names.join("|")})`;
  return [head, ...rest, `      _arguments -s \\\n        ${specs.join(" \\\n        ")}`, "      ;;"].join("\n");
}

function flagSpecs({ long, short, help, value }: CompletedFlag): string[] {
  const end = `[${quoted(help)}]${value === null ? "" : valueSpec(value)}`;
  return [
    ...long.map((name) => `'*--${name}${value === null ? "" : "="}${end}'`),
    ...(short ? [`'*-${short}${end}'`] : []),
  ];
}

function valueSpec(value: ValueKind): string {
  if (value.type === "words") return `:value:(${value.words.join(" ")})`;
  if (value.type === "listed") return `:${value.what}: _moat_listed ${value.what}`;
  if (value.type === "directory") return ":directory:_files -/";
  return value.type === "file" ? ":file:_files" : ":value: ";
}
