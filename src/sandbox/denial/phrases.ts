// Reads in a command's output what common tools say when something was refused. It only proposes: whether the sandbox was
// the cause is judged in denial.ts. Texts are those of LC_ALL=C, which every command runs under.
import { join, resolve } from "node:path";
import { atHome, cacheMisses } from "./home-phrases.ts";
import type { SyscallRule } from "./syscalls.ts";

/** Something that a line says was refused. */
export type RefusedPart =
  /**
   * `read`: the tool only reads. `any`: the text does not say whether it was read, written or executed. `owner`: what
   * only an owner may do, as changing a mode. `busy`: it is pinned.
   * `mkdir`: said to be missing, although it was to be made. `unmade`: said to be missing, although it was to be written.
   */
  | { kind: "file"; access: Access; path: string }
  | { kind: "network"; host: string | null; port: number | null; reason: "name" | "connect" | "socket" }
  | { kind: "syscall"; rule: SyscallRule }
  /** A cache beneath the home directory that might have had what was not found. */
  | { kind: "cache"; tool: string; place: string }
  /** A unix socket that exists outside. */
  | { kind: "unix"; path: string }
  /** An agent that holds keys was not reached, or what ssh knows of hosts not read. */
  | { kind: "agent" }
  /** A server of git's wants a user and a password. */
  | { kind: "login"; host: string };

type Access = "read" | "write" | "any" | "owner" | "busy" | "mkdir" | "unmade";

/** Longer outputs are read at their end, where a failing tool says why it stops. */
export const MAX_CHARS = 64 * 1024;
/** No message is longer; a longer line is data (a minified script) in which words mean nothing. */
const MAX_LINE = 4096;
/** Lines that belong to one report of npm, cargo or a traceback: the path is that far from the phrase. */
const NEAR = 3;

/** Colours and the like, which would stick to the words beside them. */
const STYLES = /\x1b\[[\d;:?]*[A-Za-z]/g;
const REFUSED =
  /read-only file system|permission denied|operation not permitted|insufficient permission|accessdenied|\bE(?:ROFS|ACCES|PERM)\b|\(os error (?:1|13|30)\)/i;
const READ_ONLY = /read-only file system|\bEROFS\b|\(os error 30\)/i;
const NOT_PERMITTED = /operation not permitted|\bEPERM\b|\(os error 1\)/i;
/** What Node's recursive mkdir makes of a read-only file system. */
const MKDIR = /\bENOENT\b.*, mkdir '/;
/** A kind of file that tools write, in a directory that they could not make before. */
const UNMADE = /\bENOENT\b.*, open '[^']+\.(?:lock|log|pid|sock|tmp)'/;
const MAVEN = /could not create local repository at (\/\S+)/i;
const BUSY = /device or resource busy|\bEBUSY\b/i;
const WARNING = /^\s*(?:npm )?warn(?:ing)?\b|^\W*\[warn(?:ing)?\]|-(?:critical|warning) \*\*:/i;
/** Tools that only read, and the words of those that say so. */
const READER =
  /^(?:\S*\/)?(?:cat|head|tail|less|more|ls|wc|stat|find|du|file|od|xxd|cmp|diff|[ef]?grep|rg|(?:md5|sha\d+)sum): |for reading/;
/** A shell's own message: what could not be opened for a redirection, or not be executed. */
const SHELL = /^(?:\S*\/)?(?:ba|da|z|k)?sh: (?:line \d+: |\d+: )?/;

const QUOTED = /'([^']+)'|"([^"]+)"|`([^`']+)[`']|‘([^’]+)’/g;
const ABSOLUTE = /(?:^|[\s:=([<@-])(\/[^\s:'"`,;)\]>]+)/g;

/** What tools say that go on without it, or give up, and end with 0: a hook installer (git's words), PHP's sessions, create-next-app. */
const PASSED_OVER = /could not lock config file|session_start\(\): open\(|mkdir '[^']*\/create-next-app/;

/** The lines of a command that ended well which name something that it did without. */
export function passedOver(output: string): string {
  const lines = output.slice(-MAX_CHARS).split("\n");
  return lines.filter((line) => PASSED_OVER.test(line)).join("\n");
}

/**
 * All that the end of an output says was refused, last line first.
 * @param bases directories that a relative path may start from, the likeliest first
 */
export function findRefusals(output: string, bases: string[], exit_code: number, home: string): RefusedPart[] {
  const lines = output
    .slice(-MAX_CHARS)
    .replace(STYLES, "")
    .split(/\r?\n|\r/);
  const said: RefusedPart[][] = [];
  const warned: RefusedPart[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.length > MAX_LINE) continue;
    const network = networkRefusals(line, lines, index);
    // A tool that warns goes on: a file that it warns of did not make it fail, and only the network fails again and again.
    if (WARNING.test(line)) warned.push(...network);
    else said.push([...network, ...otherRefusals(line, lines, index, bases, exit_code, home)]);
  }
  return [...said.reverse().flat(), ...warned];
}

function otherRefusals(
  line: string,
  lines: string[],
  index: number,
  bases: string[],
  exit_code: number,
  home: string,
): RefusedPart[] {
  const places = atHome(line).map((place) => join(home, place));
  const named = asFiles([...places, ...[line.match(MAVEN)?.[1] ?? []].flat()], "write");
  const found = [
    ...syscallRefusals(line),
    ...socketRefusals(line),
    ...agentRefusals(line),
    ...cacheMisses(line),
    ...named,
  ];
  if (BUSY.test(line)) found.push(...asFiles(pathsIn(line, bases), "busy"));
  else if (UNMADE.test(line)) found.push(...asFiles(pathsIn(line, bases), "unmade"));
  else if (MKDIR.test(line)) found.push(...asFiles(pathsIn(line, bases), "mkdir"));
  else if (REFUSED.test(line)) found.push(...fileRefusals(line, lines, index, bases, exit_code));
  return found;
}

function fileRefusals(line: string, lines: string[], index: number, bases: string[], exit_code: number): RefusedPart[] {
  // A shell that could not execute a file exits with 126 and uses the words of a failed redirection.
  if (exit_code === 126 && SHELL.test(line) && !/cannot create/.test(line)) return [];
  const here = pathsIn(line, bases);
  const near = () => lines.slice(Math.max(0, index - NEAR), index + NEAR + 1).flatMap(absolutePathsIn);
  return asFiles(here.length > 0 ? here : near(), accessOf(line));
}

function accessOf(line: string): Access {
  if (READER.test(line)) return "read";
  if (READ_ONLY.test(line)) return "write";
  return NOT_PERMITTED.test(line) ? "owner" : "any";
}

function asFiles(paths: string[], access: Access): RefusedPart[] {
  return [...new Set(paths)].map((path) => ({ kind: "file", access, path }));
}

const PHRASE = ":? \\(?(?:read-only|permission denied|operation not|device or resource)";
/** `tool: PATH: phrase`, the form of perror(3) and of shells; a message's severity is not a tool. */
const TOOL = "^(?!error|fatal|warning|note|hint|remote)[\\w./-]+: ";
const TOOL_FORM = new RegExp(`${TOOL}(?:line \\d+: |\\d+: )?(?:cannot create )?([^:]+)${PHRASE}`, "i");
const LAST_WORD = new RegExp(`([^\\s:]+)${PHRASE}`, "i");
/** An absolute path may have spaces, as long as nothing but the phrase follows it. */
const WHOLE_PATH = new RegExp(`(?:^|: )(/[^:]+?)(?:: cannot \\w+)?${PHRASE}`, "i");
const SPEAKER = new RegExp(`^/\\S+: (?!${PHRASE.slice(2)})`, "i");
const GIT_FORM = /insufficient permission .* (\S+)$/;
/** Of two paths, the one that was written. */
const COPY_FORM = /cannot (?:copy|link|move|rename) '[^']+' to '([^']+)'/;
/** Haskell's form: the path, the function, the words. */
const HASKELL_FORM = /^(\/[^:]+): \w+: (?:permission denied|does not exist|read-only)/i;
/** The kernel's own words or codes, or a tool's name before them: then a bare word is a path. */
const CERTAIN = new RegExp(`${READ_ONLY.source}|\\bE(?:ACCES|PERM)\\b|\\[Errno|${TOOL}`, "i");

/** Paths that a line names, most telling first. */
function pathsIn(line: string, bases: string[]): string[] {
  const one = line.match(HASKELL_FORM)?.[1] ?? (BUSY.test(line) ? null : line.match(COPY_FORM)?.[1]);
  if (one) return bases.map((base) => resolve(base, one)).filter((path, i, all) => all.indexOf(path) === i);
  const quoted = [...line.matchAll(QUOTED)].map(([, ...groups]) => groups.find((group) => group !== undefined) ?? "");
  const words = [WHOLE_PATH, TOOL_FORM, LAST_WORD, GIT_FORM].map((form) => line.match(form)?.[1] ?? "");
  const likely = [...quoted, ...words].filter((text) => looksLikePath(text, CERTAIN.test(line)));
  return [...likely.flatMap((path) => bases.map((base) => resolve(base, path))), ...absolutePathsIn(line)];
}

/** Absolute paths without spaces, but not the program that speaks (`/bin/sh: 1: …`). */
function absolutePathsIn(line: string): string[] {
  const said = line.replace(SPEAKER, "");
  return [...said.matchAll(ABSOLUTE)].map(([, path = ""]) => resolve(path.replace(/\.$/, "")));
}

/** Not an address, an error code or a sentence's word; not longer than a path can be (PATH_MAX). */
function looksLikePath(text: string, certain: boolean): boolean {
  if (text.length === 0 || text.length >= 4096 || /[\0\n]|:\/\/|^E[A-Z]+$|^[^/]+@/.test(text)) return false;
  return certain || /[/.]/.test(text);
}

const HOST = "([A-Za-z0-9_][A-Za-z0-9_.-]*|\\[?[0-9a-fA-F:]+\\]?)";
/** Failed look-ups of names, with the name where the tool says it. */
const NAMES = [
  `Could not resolve host(?:name)?:? '?${HOST}`,
  `unable to resolve host(?: address)? [‘'"\`]?${HOST}`,
  `getaddrinfo (?:EAI_AGAIN|ENOTFOUND) ${HOST}`,
  `Temporary failure resolving '${HOST}'`,
  `Could not resolve '${HOST}'`,
  `lookup ${HOST}(?: on |: ).*(?:no such host|temporary failure|server misbehaving|connection refused|i/o timeout|not permitted)`,
  `UnknownHostException: ${HOST}`,
  `host='${HOST}'.*(?:NameResolutionError|Name or service not known|Temporary failure in name resolution)`,
  `([\\w-]+(?:\\.[\\w-]+)+): (?:Temporary failure in name resolution|Name or service not known)`,
].map((pattern) => new RegExp(pattern, "i"));
const NAMELESS =
  /temporary failure in name resolution|name or service not known|\bEAI_AGAIN\b|dns error|failed to lookup address|nodename nor servname/i;

/** Failed connections, with address and port where the tool says them. */
const CONNECTS = [
  `Failed to connect to ${HOST} port (\\d+)`,
  `connect to (?:host )?${HOST} port (\\d+)`,
  `connect (?:ENETUNREACH|ECONNREFUSED|EPERM|EACCES|EHOSTUNREACH) ${HOST}:(\\d+)`,
  `dial tcp ${HOST}:(\\d+): connect:`,
  `connect(?:ion)? to server at "${HOST}".*port (\\d+) failed`,
  `connecting to ${HOST}:(\\d+)`,
  `connect to \\w+ at ${HOST}:(\\d+)`,
].map((pattern) => new RegExp(pattern, "i"));
const UNREACHABLE = /network is unreachable|\bENETUNREACH\b|network unreachable/i;
/** Sockets that may not even be made or bound. */
const SOCKET =
  /(?:socket|listen|bind|connect)\b.*(?:operation not permitted|permission denied|address family not supported|\bE(?:PERM|ACCES|AFNOSUPPORT)\b)|\bE(?:PERM|ACCES|AFNOSUPPORT)\b.*\b(?:socket|listen|bind)|FailedToOpenSocket/i;
/** Python and others name the socket some lines above the error. */
const BARE_ERROR =
  /^(?:PermissionError: \[Errno (?:1|13)\]|OSError: \[Errno 97\]) (?:Operation not permitted|Permission denied|Address family not supported by protocol)$/;
const SOCKET_NEAR = /\bsocket\b/i;

function networkRefusals(line: string, lines: string[], index: number): RefusedPart[] {
  const refusal = (host: string | null, port: number | null, reason: "name" | "connect" | "socket"): RefusedPart[] => [
    { kind: "network", host: host?.replace(/^\[|\]$|\.$/g, "") ?? null, port, reason },
  ];
  for (const pattern of NAMES) {
    const match = line.match(pattern);
    if (match) return refusal(match[1] ?? null, null, "name");
  }
  if (NAMELESS.test(line)) return refusal(null, null, "name");
  for (const pattern of CONNECTS) {
    const match = line.match(pattern);
    if (match) return refusal(match[1] ?? null, Number(match[2]), "connect");
  }
  if (UNREACHABLE.test(line)) return refusal(null, null, "connect");
  const bare =
    BARE_ERROR.test(line) && lines.slice(Math.max(0, index - 6), index).some((near) => SOCKET_NEAR.test(near));
  return bare || SOCKET.test(line) ? refusal(null, null, "socket") : [];
}

/** The places of podman and buildah, which open nothing by themselves: containers need namespaces. */
const CONTAINERS =
  /(?:containers\/storage|\/run\/(?:libpod|containers))\b.*(?:read-only file system|permission denied)/i;

const SYSCALLS: [RegExp, SyscallRule][] = [
  [/\bbad system call\b/i, "seccomp"],
  [/sudo: .*no new privileges|sudo: effective user id is not 0/i, "no_new_privs"],
  [
    /ptrace.*operation not permitted|PTRACE_\w+.*not permitted|could not attach to process|LeakSanitizer has encountered a fatal error/i,
    "ptrace",
  ],
  [/no permission to enable \S+ event|perf_event_open\b.*(?:not permitted|permission denied)/i, "counters"],
  [/\bmknod\b.*(?:operation not permitted|permission denied)/i, "devices"],
  [/prlimit: failed to set .* limit: operation not permitted/i, "limits"],
  [CONTAINERS, "namespaces"],
  [
    /unshare(?: failed)?: .*operation not permitted|no permissions to creat\w+ new namespace|creating new namespace failed/i,
    "namespaces",
  ],
  [/failed to move to new namespace|no usable sandbox/i, "namespaces"],
  [
    /^(?:\S*\/)?(?:u?mount|chroot|pivot_root): .*(?:operation not permitted|permission denied|must be superuser)/i,
    "mount",
  ],
];

function syscallRefusals(line: string): RefusedPart[] {
  const match = SYSCALLS.find(([pattern]) => pattern.test(line));
  return match ? [{ kind: "syscall", rule: match[1] }] : [];
}

const UNIX_SOCKET =
  /unix:(?:\/\/)?(\/[^\s'":,]+)|(\/[^\s'":,]+\.(?:socket|sock|s\.PGSQL\.\d+))|(\/[^\s'":,]*\/\.s\.PGSQL\.\d+)/g;

function socketRefusals(line: string): RefusedPart[] {
  return [...line.matchAll(UNIX_SOCKET)].map(([, ...groups]) => ({
    kind: "unix",
    path: resolve((groups.find((group) => group !== undefined) ?? "/").replace(/[.?]+$/, "")),
  }));
}

const AGENT =
  /gpg failed to sign|no gpg-agent running|can't connect to the gpg-agent|couldn't get agent socket|couldn't find key in agent|error connecting to agent|no secret key|permission denied \(publickey|host key verification failed|couldn't load public key/i;
const LOGIN = /could not read (?:Username|Password) for 'https?:\/\/(?:[^@'/]*@)?([^'/]+)/;

function agentRefusals(line: string): RefusedPart[] {
  const host = LOGIN.exec(line)?.[1];
  if (host !== undefined) return [{ kind: "login", host }];
  return AGENT.test(line) ? [{ kind: "agent" }] : [];
}
