import { type JudgedSegment, judgeCommand, programName } from "./judge.ts";
import { AS_MODE, ruleOf } from "./permit.ts";
import { applyRules } from "./rules/match.ts";

/** Programs that run, delete or reach what they are given: a rule for them would allow anything. */
const ANYTHING = new Set(
  (
    "sh bash zsh dash fish ksh csh tcsh python python2 python3 pypy pypy3 node deno ruby perl php lua tclsh osascript pwsh awk gawk " +
    "mawk nawk sed find fd rg tar rsync xargs env nice nohup timeout time stdbuf ionice setsid command builtin exec eval source . " +
    "sudo doas su pkexec runuser chroot unshare nsenter ssh scp sftp telnet nc ncat socat curl wget parallel watch script expect " +
    "screen tmux at batch crontab systemd-run npx bunx pnpx uvx pipx rm rmdir unlink shred dd mkfs chmod chown mv truncate kill " +
    "killall pkill tee ln busybox gdb lldb strace ltrace vim vi nvim emacs less more man ed"
  ).split(" "),
);
/** Programs whose second word says what they do: it belongs into the prefix. */
const SUBCOMMANDS = new Set(
  (
    "git npm pnpm yarn bun cargo go pip pip3 uv poetry docker podman kubectl gh make just dotnet mvn gradle bundle rake composer " +
    "terraform helm aws gcloud brew apt apt-get systemctl"
  ).split(" "),
);
/** Subcommands that run what the third word names: without it they run anything. */
const RUNNERS = new Set(["run", "exec", "x", "dlx", "create"]);
/** Subcommands that lose work, reach other machines or run anything, and are never offered. */
const NEVER = new Set([
  "git push",
  "git reset",
  "git clean",
  "git config",
  "git filter-branch",
  "git rm",
  "git bisect",
  "git submodule",
  "docker run",
  "docker exec",
  "docker compose",
  "docker rm",
  "podman run",
  "podman exec",
  "kubectl exec",
  "kubectl delete",
  "kubectl apply",
  "kubectl run",
  "npm exec",
  "npm x",
  "npm publish",
  "bun x",
  "pnpm exec",
  "pnpm dlx",
  "yarn dlx",
  "cargo publish",
  "uv run",
  "go generate",
  "terraform apply",
  "terraform destroy",
  "gh api",
]);

/**
 * The words of a rule that `always` could write, or null when no rule would be both useful and narrow. Only when exactly one
 * part of the command line does more than read. What the model proposes is taken when the command starts with it and it is
 * not wider than a rule may be.
 */
export function proposePrefix(
  segments: readonly JudgedSegment[],
  fromModel: readonly string[] | null,
): string[] | null {
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
function leaves(segment: JudgedSegment): JudgedSegment[] {
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
  if (prefix.some((word) => word === "-c" || word === "-e" || word === "--eval")) return false;
  if (!SUBCOMMANDS.has(name)) return true;
  if (second === undefined || second.startsWith("-") || NEVER.has(`${name} ${second}`)) return false;
  return !RUNNERS.has(second) || prefix.length > 2;
}

/** A command that was run earlier. */
export interface PastCommand {
  argv: string[];
  /** The same, as one line for display. */
  command: string;
  /** Absolute. */
  cwd: string;
}

/** Which of the earlier commands a rule for this prefix would have let through without a question, as lines, each once. */
export function pastMatches(prefix: readonly string[], past: readonly PastCommand[], workspace: string): string[] {
  const rule = ruleOf(prefix, AS_MODE);
  const matched = past.filter(
    ({ argv, cwd }) =>
      applyRules(judgeCommand(argv, { cwd, workspace }).segments, { prefix: [rule] }).decision === "allow",
  );
  return [...new Set(matched.map(({ command }) => command))];
}
