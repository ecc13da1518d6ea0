import { dirname } from "node:path";
import type { Dialect, Difference } from "./contract.ts";
import { STATE } from "./descriptor.ts";

/** As the one of bash. Quoted, an `alias` of the profile's is none. */
const DUMP = String.raw`\builtin print -r -- 'options -' >&${STATE}
\builtin zmodload zsh/parameter
for __moat in "${"$"}{(@ok)options[@]}"; do \builtin print -r -- "$__moat ${"$"}{options[$__moat]}" >&${STATE}; done
\builtin printf '\0' >&${STATE}
\builtin printf 'traps -\n' >&${STATE}; \builtin trap >&${STATE}; \builtin printf '\0' >&${STATE}; \builtin trap - EXIT ZERR DEBUG
\builtin emulate zsh; \builtin unsetopt errexit nounset xtrace verbose
{
\builtin printf 'modules -\n'; \builtin zmodload -L; \builtin functions -M; \builtin printf '\0'
\builtin printf 'directories -\n'; \builtin hash -dL; \builtin printf '\0'
\builtin printf 'umask -\n'; \builtin umask; \builtin printf '\0'
\builtin printf 'descriptors -\n'; \builtin printf '%s\n' /dev/fd/*(N); \builtin printf '\0'
for __moat in "${"$"}{(@ok)functions}"; do
\builtin printf 'function %s\n' "$__moat"; \builtin functions -- "$__moat"; \builtin printf '\0'
done
for __moat in "${"$"}{(@ok)aliases}"; do
\builtin printf 'alias %s\n' "$__moat"; \builtin alias -L -- "$__moat"; \builtin printf '\0'
done
for __moat in "${"$"}{(@ok)galiases}"; do
\builtin printf 'galias %s\n' "$__moat"; \builtin alias -gL -- "$__moat"; \builtin printf '\0'
done
for __moat in "${"$"}{(@ok)saliases}"; do
\builtin printf 'salias %s\n' "$__moat"; \builtin alias -sL -- "$__moat"; \builtin printf '\0'
done
\builtin printf 'variable fpath\nfpath=( %s )\0' "${"$"}{(j: :)${"$"}{(@qq)fpath}}"
for __moat in "${"$"}{(@ok)parameters}"; do
case "${"$"}{parameters[$__moat]}" in
(scalar*export*) \builtin printf 'exported %s\n%s\0' "$__moat" "${"$"}{(P)__moat}" ;;
(*special*|*undefined*) ;;
(*) \builtin typeset +H -- "$__moat"; \builtin printf 'variable %s\n' "$__moat"; \builtin typeset -p -- "$__moat"; \builtin printf '\0' ;;
esac
done
\builtin printf 'end -\n\0'
} >&${STATE}`;

/** Parameters of the shell that runs, and options that only a login shell has or nobody can set. */
const OWN =
  /^(?:__moat|CPUTYPE|HOST|LOGCHECK|MACHTYPE|OSTYPE|SHLVL|TTY|VENDOR|ZSH_[A-Z_]+|LISTMAX|MAILCHECK|KEYTIMEOUT|TMPPREFIX|FUNCNEST)$/;
const FIXED = /^(?:login|interactive|privileged|restricted|rcs|globalrcs|shinstdin|singlecommand|zle|monitor) /;

/** As in bash, options that could end or echo what follows come last; all others decide how functions are read. */
const LATE = /^(?:errexit|errreturn|nounset|unset|xtrace|verbose|exec|aliases) /;

/** A function that is read once it is called is printed as one that makes itself such a one. */
const AUTOLOADED = /^(\S+) \(\) \{\n\t# undefined\n\tbuiltin autoload -X(\w*)(?: (.*))?\n\}$/;
const autoload = (text: string) =>
  text.replace(AUTOLOADED, (_, name, flags, at) => `autoload -${flags} -- ${at ? `${at}/` : ""}${name}`);

function script({ now, before, changed, gone }: Difference): string[] {
  const lines = (kind: string, from: Difference["now"]) => (from.get(kind)?.get("-") ?? "").split("\n");
  const news = (kind: string) => {
    const known = new Set(lines(kind, before));
    return lines(kind, now).filter((line) => line !== "" && !known.has(line));
  };
  const options = news("options").filter((line) => !FIXED.test(line));
  const set = (line: string) =>
    line.replace(/^(\w+) (on|off)$/, (_, name, on) => `${on === "on" ? "setopt" : "unsetopt"} ${name}`);
  const [umask] = lines("umask", now);
  const removed = (kind: string, how: string) => gone(kind).map((name) => `${how} ${name}`);
  return [
    ...(umask === lines("umask", before)[0] ? [] : [`umask ${umask}`]),
    ...options.filter((line) => !LATE.test(line)).map(set),
    ...news("modules"),
    ...news("directories"),
    ...removed("function", "unfunction"),
    ...changed("variable"),
    ...changed("function").map(autoload),
    ...removed("alias", "unalias"),
    ...changed("alias"),
    ...changed("galias"),
    ...changed("salias"),
    ...(news("traps").length === 0 ? [] : lines("traps", now)),
    ...options.filter((line) => LATE.test(line)).map(set),
  ];
}

export const zsh: Dialect = {
  dump: DUMP,
  named: (state) => state,
  owns: (name) => OWN.test(name),
  script,
  // Every zsh reads this file of ZDOTDIR first; what it starts itself finds the variable as the profile left it.
  file: (directory) => `${directory}/.zshenv`,
  reads: (file) => ({ ZDOTDIR: dirname(file) }),
  variable: "ZDOTDIR",
  always: true,
  profile: (home, { ZDOTDIR }) => [
    ...["/etc", "/etc/zsh"].flatMap((at) => ["zshenv", "zprofile", "zlogin"].map((name) => `${at}/${name}`)),
    ...[home, ...(ZDOTDIR ? [ZDOTDIR] : [])].flatMap((at) =>
      [".zshenv", ".zprofile", ".zlogin", ".zshrc"].map((name) => `${at}/${name}`),
    ),
  ],
};
