import { programName, type Segment } from "./judge.ts";

/** Programs that run what they are given: a rule for them would allow anything. */
const ANYTHING = new Set(
  (
    "sh bash zsh dash fish ksh csh tcsh python python2 python3 pypy pypy3 node deno bun ruby perl php lua tclsh osascript pwsh awk gawk mawk nawk sed find " +
    "xargs env nice nohup timeout time stdbuf ionice setsid command builtin exec eval source . sudo doas su pkexec runuser chroot unshare nsenter " +
    "ssh scp sftp rsync telnet nc ncat socat curl wget parallel watch script expect screen tmux at batch crontab docker podman kubectl systemd-run " +
    "npx bunx pnpx uvx pipx rm rmdir shred dd mkfs chmod chown mv truncate kill killall pkill tee ln git-shell busybox gdb lldb strace"
  ).split(" "),
);
/** Programs whose first word says what they do, and how many words make a rule that is narrow enough. */
const SUBCOMMANDS = new Set(
  "git npm pnpm yarn bun cargo go pip pip3 uv poetry docker gh make just dotnet mvn gradle bundle rake composer terraform helm aws gcloud brew apt apt-get systemctl".split(
    " ",
  ),
);
/** Behind these a script of the project is named: it is part of the prefix. */
const RUNNERS = new Set(["run", "exec", "x", "dlx"]);

/**
 * The words of a rule that `always` could write, or null when no rule would be both useful and narrow. Only when exactly one
 * part of the command line does more than read. What the model proposes is taken when the command starts with it and it is
 * not wider than a rule may be.
 */
export function proposePrefix(segments: readonly Segment[], fromModel: readonly string[] | null): string[] | null {
  const acting = segments.flatMap(leaves).filter((segment) => segment.verdict !== "safe");
  const [only, ...others] = acting;
  if (only === undefined || others.length > 0 || only.more_than_words || only.unread !== null) return null;
  const known: string[] = [];
  for (const word of only.words) {
    if (word.text === null) break;
    known.push(word.text);
  }
  if (fromModel !== null && startsWith(known, fromModel) && isNarrow(fromModel)) return [...fromModel];
  const length = prefixLength(known);
  const prefix = known.slice(0, length);
  return length > 0 && isNarrow(prefix) && programName(only.words[0]) !== null ? prefix : null;
}

/** Wrappers and shells give way to what they run. */
function leaves(segment: Segment): Segment[] {
  return segment.transparent && segment.inner.length > 0 ? segment.inner.flatMap(leaves) : [segment];
}

function startsWith(words: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length > 0 && prefix.length <= words.length && prefix.every((word, index) => word === words[index]);
}

function prefixLength(words: readonly string[]): number {
  const [program, second, third] = words;
  if (program === undefined) return 0;
  if (!SUBCOMMANDS.has(program))
    return second !== undefined && !second.startsWith("-") && !second.includes("/") ? 2 : 1;
  if (second === undefined || second.startsWith("-")) return 0;
  return RUNNERS.has(second) && third !== undefined && !third.startsWith("-") ? 3 : 2;
}

/** A rule must not stand for everything: no interpreter, no program that runs others or deletes, no bare tool with subcommands. */
export function isNarrow(prefix: readonly string[]): boolean {
  const [program, second] = prefix;
  const name = program?.split("/").at(-1) ?? "";
  if (name === "" || ANYTHING.has(name) || /^(?:python|ruby|perl|php|node|lua)[\d.]*$/.test(name)) return false;
  if (SUBCOMMANDS.has(name) && (second === undefined || second.startsWith("-"))) return false;
  const runsAnything = RUNNERS.has(second ?? "") && prefix.length < 3;
  const dangerous =
    name === "git" && /^(?:push|reset|clean|config|filter-branch|rm)$/.test(second ?? "") && prefix.length < 3;
  return !runsAnything && !dangerous && !shellScriptLike(prefix);
}

function shellScriptLike(prefix: readonly string[]): boolean {
  return prefix.some((word) => word === "-c" || word === "-e" || word === "--eval");
}
