import { dirname, join, resolve } from "node:path";
import { isBeneath, isWithin, quoteWord } from "../../base/index.ts";
import { type CommandNeeds, type Denial, grantFlags, type SandboxReport } from "../../protocol/index.ts";
import type { HostRefusal } from "../../proxy/index.ts";
import type { SandboxPolicy } from "../contract.ts";
import { guardedIn } from "../git/guard.ts";
import { realPathOfNew } from "../paths.ts";
import { type Facts, isKernelPlace, systemFacts } from "./facts.ts";
import { directoryGrant, missingDirectory } from "./grant.ts";
import { hostDenials, lastDenial } from "./hosts.ts";
import { namedLogs } from "./logs.ts";
import { judgeNeeds, lackingNeeds } from "./needs.ts";
import { findRefusals, MAX_CHARS, passedOver, type RefusedPart } from "./phrases.ts";
import { remedyFor } from "./remedies.ts";
import { type FoundDenial, judgeSyscall, syscallDenial } from "./syscalls.ts";
import { lackOfVariables, variableFlags } from "./variables.ts";

/** A command that has ended, and what it ran under. */
export interface Ended {
  policy: SandboxPolicy;
  report: SandboxReport;
  exit_code: number;
  /** What it printed, both streams. */
  output: string;
  /** As one shell line. */
  command: string;
  /** Absolute. */
  cwd: string;
  /** HOME, as moat was started with it and the policy was made for; never the user list's. */
  home: string;
  /** Names of variables that it did not get (`droppedNames`), asked when it failed. Absent: none. */
  dropped?(): readonly string[];
  /** What the command is known to need, asked when it failed. Absent: nothing is known. */
  needs?(): CommandNeeds | null;
  /** What its proxy refused. Absent: it had none, or nothing was. */
  refused?: readonly HostRefusal[];
}

/** 128 + SIGSYS: what the launcher's filter does to a foreign architecture. */
const KILLED_BY_FILTER = 159;

/**
 * Why the sandbox made a command fail, or one of the few tools that are known to go on end well without something; null when it did
 * not, or when that is not certain. The output only proposes: a path is blamed on the sandbox when the policy really refuses it AND
 * the user could have written it without the sandbox.
 * @param facts what is true outside; tests pass their own
 */
export function explainDenial(ended: Ended, facts?: Facts): Denial | null {
  const { report, exit_code } = ended;
  if (report.fs === "full" && report.net === "full" && !report.hidden) return null;
  const refused = explainOutput(ended, facts) ?? lastDenial(hostDenials(ended.refused ?? [], ended.cwd));
  return refused ?? (exit_code === 0 ? null : withoutVariables(ended));
}

function withoutVariables({ output, command, dropped = () => [] }: Ended): Denial | null {
  const found = lackOfVariables(output.slice(-MAX_CHARS), command, dropped());
  return found && { ...found, grant: variableFlags(found.target ?? "") };
}

function explainOutput(ended: Ended, facts?: Facts): Denial | null {
  const { exit_code } = ended;
  if (exit_code === KILLED_BY_FILTER) return { ...syscallDenial("seccomp"), grant: null };
  const passed = exit_code === 0 ? passedOver(ended.output) : null;
  // As most commands end: the system need not be asked for anything.
  if (passed === "") return null;
  const outside = facts ?? systemFacts();
  if (passed !== null) return explained(passed, ended, outside);
  return explained(ended.output, ended, outside) ?? explainedByLogs(ended, outside);
}

/** Where a program told its reason to a file of the workspace, that is read. */
function explainedByLogs(ended: Ended, facts: Facts): Denial | null {
  for (const path of namedLogs(ended.command, workingDirectories(ended))) {
    const text = isInRoot(realPathOfNew(path), ended.policy) ? facts.textOf(path) : null;
    const denial = text === null ? null : explained(text, ended, facts);
    if (denial) return denial;
  }
  return null;
}

/** A tool that stops says why at its end: what was refused before, it got over. */
function explained(output: string, ended: Ended, outside: Facts): Denial | null {
  const refusals = findRefusals(output, workingDirectories(ended), ended.exit_code, ended.home);
  const real = { ...ended, home: realPathOfNew(ended.home) };
  const read_only = ended.policy.mode === "read-only";
  const lacking = lackingNeeds(ended);
  for (const refusal of refusals) {
    const found = (lacking && judgeNeeds(refusal, lacking)) ?? judge(refusal, real, outside);
    if (found) return { ...found, grant: found.opens && grantFlags([found.opens], { read_only, cwd: ended.cwd }) };
  }
  return null;
}

const CHANGE_DIRECTORY = /\bcd\s+(?:"([^"$`]+)"|'([^']+)'|([^\s;&|()$`'"]+))/g;

/** Where the command's programs may have run: where its `cd` lead, the last first, and where it started. */
function workingDirectories({ command, cwd }: Ended): string[] {
  const found = [cwd];
  for (const [, ...groups] of command.matchAll(CHANGE_DIRECTORY)) {
    found.unshift(resolve(found[0] ?? cwd, groups.find((group) => group !== undefined) ?? "."));
  }
  return [...new Set(found)];
}

/** What the user and the model are told: the sentence, and the grant when there is one. */
export function denialText(denial: Denial): string {
  const grant =
    denial.grant === null
      ? "No flag opens exactly this; the command can only be run outside the sandbox, if the user agrees."
      : `To allow exactly this: ${denial.grant}`;
  return `${denial.explanation} (sandbox rule: ${denial.rule}) ${grant}`;
}

function judge(refusal: RefusedPart, ended: Ended, facts: Facts): FoundDenial | null {
  switch (refusal.kind) {
    case "file":
      return judgeFile(refusal, ended, facts);
    case "network":
      return judgeNetwork(refusal, ended, facts);
    case "unix":
      return judgeSocket(refusal.path, ended, facts);
    case "syscall":
      return judgeSyscall(refusal.rule, ended.report, facts);
    case "cache":
      return judgeCache(refusal, ended, facts);
    case "login":
      return judgeLogin(refusal.host, ended);
    case "agent":
      return null;
  }
}

function judgeFile(refusal: RefusedPart & { kind: "file" }, ended: Ended, facts: Facts): FoundDenial | null {
  const { policy, report } = ended;
  const path = realPathOfNew(refusal.path);
  const store = policy.hidden.find((hidden) => isWithin(path, hidden));
  if (store !== undefined && report.hidden) return hiddenDenial(path, store);
  // Where the directory above is there, nothing but a refusal keeps a new one from being made.
  const directory = refusal.access === "mkdir" ? path : dirname(path);
  const missing = missingDirectory(directory, facts, ended.home);
  if (refusal.access === "mkdir" && missing === null && !facts.isDirectory(dirname(path))) return null;
  if (refusal.access === "unmade" && missing === null) return null;
  if (refusal.access === "read" || report.fs === "full" || isKernelPlace(path)) return null;
  if (refusal.access === "busy") {
    const pinned = policy.protected.find((place) => isWithin(place, path) && isInRoot(place, policy));
    return pinned === undefined || !report.carve ? null : protectedDenial(path, pinned, ended, facts);
  }
  const rule = longest([...policy.writable, ...policy.protected].filter((place) => isWithin(path, place)));
  if (rule !== null && !policy.protected.includes(rule)) return null;
  if (!facts.couldWrite(path)) return null;
  if (rule === null) return outsideDenial(path, missing, ended, facts);
  const enforced = report.carve || (refusal.access === "owner" && report.metadata);
  return enforced ? protectedDenial(path, rule, ended, facts) : null;
}

function isInRoot(place: string, policy: SandboxPolicy): boolean {
  return policy.writable.some((root) => isWithin(place, root));
}

function longest(paths: string[]): string | null {
  return paths.reduce<string | null>((best, path) => (best !== null && best.length >= path.length ? best : path), null);
}

function hiddenDenial(path: string, store: string): FoundDenial {
  return {
    rule: "hidden",
    kind: "read",
    target: path,
    explanation: `The sandbox hides ${store}, as it does credentials and what hidden_paths names: nothing that runs inside may read it.`,
    opens: null,
  };
}

const WORKTREE = /\bgit\b[^;&|]*\bworktree\s+add\b/;
const WORKTREE_NEEDS =
  " A new work tree takes two grants: the repository, and the directory that the work tree is made in.";

function protectedDenial(path: string, place: string, { command }: Ended, facts: Facts): FoundDenial {
  const git = /\/\.git(\/|$)/.test(place);
  // What a grant of the whole directory leaves closed.
  const closed = git && guardedIn(place).some((inner) => isWithin(path, inner));
  const why = git
    ? "git takes hooks and settings from it that would run outside the sandbox. Plain git commands (add, commit, " +
      "switch, merge, …), run as a command of their own, may write it"
    : "it decides what an editor, a hook or an agent runs later, outside the sandbox";
  return {
    rule: "protected",
    kind: "write",
    target: path,
    explanation: `The sandbox keeps ${place} read-only: ${why}.${git && WORKTREE.test(command) ? WORKTREE_NEEDS : ""}`,
    opens: facts.isDirectory(place) && !closed ? { add_dir: place } : null,
  };
}

function outsideDenial(path: string, missing: string | null, ended: Ended, facts: Facts): FoundDenial {
  const readOnly = ended.policy.mode === "read-only";
  const grantable =
    missing === null ? "" : ` Once it is there (mkdir -p ${quoteWord(missing)}), it can be granted by name.`;
  const opens =
    readOnly && isWithin(path, realPathOfNew(ended.cwd))
      ? { add_dir: ended.cwd }
      : directoryGrant(path, facts, ended.home);
  const remedy = opens === null ? remedyFor(path, ended.home) : "";
  return {
    rule: readOnly ? "read-only" : "writable_roots",
    kind: "write",
    target: path,
    explanation: readOnly
      ? `The sandbox is read-only, so ${path} could not be written.`
      : `The sandbox allows no writing to ${path}: it is outside the writable directories.${grantable}${remedy}`,
    opens,
  };
}

/** What a tool looked for in a cache that is its own inside, and that the user's cache may have. */
function judgeCache({ place, tool }: RefusedPart & { kind: "cache" }, ended: Ended, facts: Facts): FoundDenial | null {
  const path = join(ended.home, place);
  if (ended.policy.mode !== "workspace-write" || !facts.isDirectory(path)) return null;
  if (ended.policy.writable.some((root) => isWithin(path, root))) return null;
  return {
    rule: "private_caches",
    kind: "read",
    target: path,
    explanation: `Inside the sandbox ${tool} has a cache of its own, which lacks what ${path} may have.`,
    opens: { add_dir: path },
  };
}

/** git asks for a name where no credential is to be had: stores of credentials are hidden, and nobody types. */
function judgeLogin(host: string, { policy }: Ended): FoundDenial | null {
  if (policy.hidden.length === 0) return null;
  return {
    rule: "hidden",
    kind: "read",
    target: host,
    explanation:
      `${host} wants a user and a password, and commands cannot read stored ones. With [credentials."${host}"] in ` +
      "~/.moat/config.toml the proxy adds them, and no command sees them (docs/credentials.md).",
    opens: null,
  };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|::|ip6-localhost)$/i;

function judgeNetwork(refusal: RefusedPart & { kind: "network" }, ended: Ended, facts: Facts): FoundDenial | null {
  const { policy, report } = ended;
  if (policy.net === "full" || report.net === "full") return null;
  const { host, port, reason } = refusal;
  const target = host === null ? null : port === null ? host : `${host}:${port}`;
  const local = host !== null && LOOPBACK.test(host);
  if (report.net === "proxy") return local && port !== null && facts.listens(port) ? localPortDenial(port) : null;
  if (reason === "name" && local) return null;
  if (local && report.loopback && !(port !== null && facts.listens(port))) return null;
  // With a loopback of its own, a socket can be made: then something else was refused.
  if (reason === "socket" && report.loopback) return null;
  return {
    rule: "network_access",
    kind: "network",
    target,
    explanation: networkExplanation(target, local, report),
    opens: { network: "full" },
  };
}

/** A server outside, where the command has hosts by name: its port is opened as one of them. */
function localPortDenial(port: number): FoundDenial {
  const target = `localhost:${port}`;
  return {
    rule: "network_hosts",
    kind: "network",
    target,
    explanation: `The sandbox has a network of its own: ${target} is served outside of it, and not on the list of hosts.`,
    opens: { network: { hosts: [target] } },
  };
}

function networkExplanation(target: string | null, local: boolean, report: SandboxReport): string {
  if (local && report.loopback) {
    return `The sandbox has a network of its own: ${target} is served outside of it, and cannot be reached from inside.`;
  }
  const loopback = report.loopback
    ? "only 127.0.0.1 inside the sandbox can be reached"
    : "without namespaces on this system that includes 127.0.0.1 (loopback: false)";
  return `The sandbox allows no network${target === null ? "" : `, so ${target} could not be reached`}: ${loopback}.`;
}

function judgeSocket(path: string, { policy, report }: Ended, facts: Facts): FoundDenial | null {
  if (policy.unix === "allow" || !report.ipc || !facts.isSocket(path)) return null;
  if (policy.writable.some((root) => isBeneath(path, root)) && policy.unix !== "none") return null;
  return {
    rule: "unix",
    kind: "network",
    target: path,
    explanation: `The sandbox covers unix sockets of programs outside: ${path} would let a command act without it.`,
    opens: null,
  };
}
