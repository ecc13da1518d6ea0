import { withNames } from "./bash-lists.ts";
import type { Dialect, Difference } from "./contract.ts";
import { STATE } from "./descriptor.ts";

/**
 * Writes down the state of a bash on the descriptor of that, a record after the other, each ended by a NUL. Nothing that a profile may have set
 * (errexit, aliases, IFS, traps) changes what it says: a word behind `\builtin` is no alias, and the options are noted first.
 */
const DUMP = String.raw`\builtin printf 'options -\n' >&${STATE}; \builtin set +o >&${STATE}; \builtin printf '\0' >&${STATE}
\builtin printf 'traps -\n' >&${STATE}; \builtin trap -p >&${STATE}; \builtin printf '\0' >&${STATE}; \builtin trap - EXIT ERR DEBUG RETURN
\builtin set +euxvfT; \builtin set +o posix
{
\builtin printf 'shopt -\n'; \builtin shopt -p; \builtin printf '\0'
\builtin printf 'umask -\n'; \builtin umask; \builtin printf '\0'
\builtin printf 'descriptors -\n'; \builtin printf '%s\n' /dev/fd/*; \builtin printf '\0'
\builtin printf 'marks -\n'; \builtin declare -F; \builtin printf '\0'
\builtin printf 'functions -\n'; \builtin declare -f; \builtin printf '\0'
\builtin printf 'aliases -\n'; \builtin alias -p; \builtin printf '\0'
\builtin printf 'variables -\n'; \builtin declare -p; \builtin printf '\0'
\builtin printf 'end -\n\0'
} >&${STATE}`;

/** Variables that belong to the shell that runs, as its manual names them. What HISTFILE and its kind hold is for people at a prompt. */
const OWN =
  /^(?:BASH|BASHOPTS|BASHPID|BASH_(?:ALIASES|ARGC|ARGV|ARGV0|CMDS|COMMAND|EXECUTION_STRING|LINENO|LOADABLES_PATH|MONOSECONDS|REMATCH|SOURCE|SUBSHELL|TRAPSIG|VERSINFO|VERSION)|COMP_WORDBREAKS|COPROC|DIRSTACK|EPOCHREALTIME|EPOCHSECONDS|EUID|FUNCNAME|GROUPS|HISTCMD|HOSTNAME|HOSTTYPE|LINENO|MACHTYPE|OPTERR|OPTIND|OSTYPE|PIPESTATUS|PPID|PS4|RANDOM|SECONDS|SHELLOPTS|SRANDOM|UID)$/;

/** What only a login shell has, and what a script gets once it may be used. */
const LAST = /^shopt -[su] (?:login_shell|expand_aliases|restricted_shell)$/;

/** Lines of one text that another one has not. */
function newLines(now: string | undefined, before: string | undefined): string[] {
  const known = new Set((before ?? "").split("\n"));
  return (now ?? "").split("\n").filter((line) => line !== "" && !known.has(line));
}

/**
 * The difference as a script. Its order counts: options decide how functions are read, and an alias that is defined before a function
 * would be put into its text; errexit and its kind come last, or they would end the script.
 */
function script({ now, before, changed, gone }: Difference): string[] {
  const one = (kind: string) => [now.get(kind)?.get("-"), before.get(kind)?.get("-")] as const;
  const shopt = newLines(...one("shopt"));
  const plain = (text: string) => !/^declare -x \w+=/.test(text);
  return [
    ...newLines(...one("umask")).map((mask) => `umask ${mask}`),
    ...shopt.filter((line) => !LAST.test(line)),
    ...gone("function").map((name) => `unset -f ${name}`),
    ...changed("function"),
    ...newLines(...one("marks")).filter((line) => !line.startsWith("declare -f ")),
    ...changed("variable").filter(plain),
    ...gone("alias").map((name) => `unalias ${name}`),
    ...changed("alias").map((text) => (text.startsWith("alias ") ? text : `alias ${text}`)),
    ...shopt.filter((line) => line.endsWith(" expand_aliases")),
    ...(one("traps")[0] === one("traps")[1] ? [] : [one("traps")[0] ?? ""]),
    ...newLines(...one("options")),
  ];
}

export const bash: Dialect = {
  dump: DUMP,
  named: withNames,
  owns: (name) => OWN.test(name),
  script,
  // A shell that is started for a script reads this file first; what it starts itself finds the variable as the profile left it.
  file: (directory) => `${directory}/bash`,
  reads: (file) => ({ BASH_ENV: file }),
  variable: "BASH_ENV",
  always: false,
  profile: (home) => [
    ...["/etc/profile", "/etc/profile.d", "/etc/bash.bashrc", "/etc/bashrc"],
    ...[".bash_profile", ".bash_login", ".profile", ".bashrc", ".bash_aliases"].map((name) => `${home}/${name}`),
  ],
};
