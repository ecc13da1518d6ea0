import type { CompletedCommand, CompletedFlag, ValueKind } from "./model.ts";

/** Inside single quotes, and without what \`_arguments\` and \`_describe\` take for their own: colons and brackets. */
const quoted = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");

/** Completion for zsh: a function that lies in a directory of $fpath as \`_moat\`, or is sourced. */
export function zshCompletion(commands: CompletedCommand[]): string {
  const listed = commands.flatMap(({ names, summary }) => names.map((name) => `    '${name}:${quoted(summary)}'`));
  const cases = commands.map(({ names, words, flags }) => {
    const first = words.length > 0 ? `'1: :(${words.join(" ")})'` : "'*: :_files'";
    const specs = [first, ...(words.length > 0 ? ["'*: :_files'"] : []), ...flags.flatMap(flagSpecs)];
    return `    ${names.join("|")})\n      _arguments -s \\\n        ${specs.join(" \\\n        ")}\n      ;;`;
  });
  return `#compdef moat
# moat completion zsh: put it into a directory of $fpath as _moat, or source it after compinit.
_moat() {
  local -a commands
  commands=(
${listed.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands 'moat command' commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
if [[ "$funcstack[1]" == _moat ]]; then _moat "$@"; else compdef _moat moat; fi
`;
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
  if (value.type === "directory") return ":directory:_files -/";
  return value.type === "file" ? ":file:_files" : ":value: ";
}
