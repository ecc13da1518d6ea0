import { isBeneath } from "../base/index.ts";
import type { SandboxReport } from "../protocol/index.ts";
import { type CaptureOrder, type Leftover, SandboxError, type SandboxPolicy, type Spent } from "./contract.ts";
import { kindOf } from "./paths.ts";

/** What the launcher is told beside the policy. */
export interface Orders {
  tier: "none" | "landlock" | "ns" | "ns-only";
  policy: SandboxPolicy;
  /** Protected places that exist and are left to the guard. */
  guarded: string[];
  /** Protected places that do not exist and are left to the guard. */
  absent: string[];
  /** Where a launcher that was killed left a stand-in. */
  clear: string[];
  /** File that takes the processes of a group with the policy's limit on memory; left out: there is none. */
  memory_group?: string | null;
  cwd: string;
  /** stderr is joined to stdout, so that the two keep their order. */
  merge: boolean;
  /** Process id of the spawner: with it the command ends. */
  parent: number;
  /** Ports of 127.0.0.1 inside that lead out, with a network of single hosts; the first one is the proxy's. Left out: there are none. */
  ports?: readonly number[];
  /** A process of another network, whose unix sockets are in the file system that the command sees; left out: there is none. */
  beside?: number | null;
}

/** Characters. A report is one short line, and so is what is said of a process that was left running; of these there are a few. */
const MAX_ANSWER = 64 * 1024;

/** The records of descriptor 3 (native/README.md). Throws SandboxError for what cannot be said in them. */
export function encodeOrders(orders: Orders): Uint8Array {
  const { tier, policy, guarded, absent, clear, cwd, merge, parent, beside, ports, memory_group } = orders;
  const left = new Set([...guarded, ...absent]);
  const records = [
    "moat 1",
    `tier ${tier}`,
    `mode ${policy.mode}`,
    `net ${typeof policy.net === "string" ? policy.net : "hosts"}`,
    ...(ports ?? []).map((port) => `port ${port}`),
    `unix ${policy.unix}`,
    ...(policy.sockets ?? []).map((path) => `socket ${path}`),
    `cwd ${cwd}`,
    `parent ${parent}`,
    ...(beside ? [`beside ${beside}`] : []),
    ...policy.writable.map((path) => `write ${path}`),
    ...policy.protected.filter((path) => !left.has(path)).map((path) => `protect ${path}`),
    ...guarded.map((path) => `guard ${path}`),
    ...absent.map((path) => `absent ${path}`),
    ...clear.map((path) => `clear ${path}`),
    ...policy.hidden.map((path) => `hide ${path}`),
    ...policy.require.map((name) => `require ${name}`),
    ...captureRecords(policy.capture),
    ...(tier === "ns" && policy.mode === "workspace-write" ? layerRecords(policy) : []),
    ...(policy.memory_limit ? [`memory ${policy.memory_limit}`] : []),
    ...(memory_group ? [`memory-group ${memory_group}`] : []),
    ...(merge ? ["merge"] : []),
    "end",
  ];
  const broken = records.find((record) => record.includes("\0"));
  if (broken !== undefined) throw new SandboxError(`a path of the policy holds a NUL byte: ${JSON.stringify(broken)}`);
  const half = records.find((record) => !record.isWellFormed());
  if (half !== undefined)
    throw new SandboxError(`a path of the policy holds half of a surrogate pair: ${JSON.stringify(half)}`);
  return Buffer.from(`${records.join("\0")}\0`);
}

/** What is moat's own stays as it is in the layer, too: commands that run later read it. */
function layerRecords({ layer, own }: SandboxPolicy): string[] {
  if (!layer) return [];
  const kept = own.filter((path) => isBeneath(path, layer.home) && kindOf(path) === "directory");
  return [`home ${layer.home}`, `layer ${layer.store}`, ...kept.map((path) => `protect ${path}`)];
}

function captureRecords(order: CaptureOrder | undefined): string[] {
  if (order === undefined) return [];
  const { directory, roots, skip, fileCap, totalCap } = order;
  return [
    `capture ${directory}`,
    ...roots.map((path) => `capture-root ${path}`),
    ...skip.map((path) => `capture-skip ${path}`),
    `capture-cap ${fileCap}`,
    `capture-total ${totalCap}`,
  ];
}

/** What goes over the launcher's descriptor. */
export interface LauncherTalk {
  /** Resolves when the command is about to be executed; rejects with SandboxError when it was not started. */
  report: Promise<SandboxReport>;
  /** Resolves when nothing of the command is left: what watches over it has closed its end. Never rejects. */
  ended: Promise<LauncherEnd>;
}

/** What the launcher said once the command had ended. */
export interface LauncherEnd {
  leftovers: Leftover[];
  /** null: it was killed, or is one of before. */
  spent: Spent | null;
}

/** What leads out of the command's network: the launcher's end goes with the orders, and sockets that listen inside come back. */
export interface NetworkGate {
  /** Sends the first of the orders with what the launcher needs; gives how many bytes were taken. */
  sendOver(fd: number, orders: Uint8Array): number;
  /** The sockets are there. */
  listening(): void;
}

/** What the launcher says before its report, when it was told of a gate. */
const LISTENING = '{"listening":true}';

/** Sends the orders over the socket `fd`, which it takes over and keeps until the launcher closes the other end. */
export function negotiate(fd: number, orders: Uint8Array, gate: NetworkGate | null = null): LauncherTalk {
  const { promise: report, resolve, reject } = Promise.withResolvers<SandboxReport>();
  const { promise: ended, resolve: end } = Promise.withResolvers<LauncherEnd>();
  let unsent = orders.subarray(gate?.sendOver(fd, orders) ?? 0);
  let gated = gate !== null;
  const decoder = new TextDecoder();
  let said = "";
  let told = false;
  const send = (socket: Bun.Socket) => {
    const sent = socket.write(unsent);
    if (sent > 0) unsent = unsent.subarray(sent);
  };
  const lines = () => said.split("\n").filter((line) => line !== LISTENING);
  const finish = () => {
    if (told) return;
    told = true;
    const result = parseAnswer(lines()[0] ?? "");
    if (result instanceof SandboxError) reject(result);
    else resolve(result);
  };
  const close = () => {
    finish();
    end(parseEnd(lines().slice(1)));
  };
  const socket = {
    open: send,
    drain: send,
    data(socket: Bun.Socket, chunk: Buffer) {
      said += decoder.decode(chunk, { stream: true });
      if (gated && said.startsWith(`${LISTENING}\n`)) {
        gated = false;
        gate?.listening();
      }
      if (!told && (said.length > MAX_ANSWER || lines().length > 1)) finish();
      if (said.length > MAX_ANSWER) socket.end();
    },
    end: close,
    close,
    error: close,
  };
  // Bun takes a descriptor here (FdSocketOptions), but the overloads of its types leave it out.
  Bun.connect({ fd, socket } as unknown as Bun.UnixSocketOptions).catch((error: unknown) => {
    reject(new SandboxError(`the launcher cannot be reached over its descriptor: ${String(error)}`));
    end({ leftovers: [], spent: null });
  });
  return { report, ended };
}

/** The launcher's line as a report, or the error that it holds or is. */
export function parseAnswer(line: string): SandboxReport | SandboxError {
  if (line === "") return new SandboxError("the sandbox launcher ended without a report: the command was not started");
  try {
    const answer: unknown = JSON.parse(line);
    if (isReport(answer)) return answer;
    if (typeof answer === "object" && answer !== null && "error" in answer) {
      return new SandboxError(`the sandbox could not be set up, so the command was not started: ${answer.error}`);
    }
  } catch {
    // Not JSON: said below.
  }
  return new SandboxError(
    `the sandbox launcher gave an answer that is no report: ${JSON.stringify(line.slice(0, 200))}`,
  );
}

/** The later lines. What process 1 of the namespaces says comes before what its parent knows, and is more exact. */
export function parseEnd(lines: string[]): LauncherEnd {
  const told = lines.flatMap(fieldsOf);
  const spent = told.map(spentOf).find((one) => one !== null) ?? null;
  const signal = told.map((fields) => fields.signal).find((number) => typeof number === "number");
  return {
    leftovers: told.flatMap(leftoverOf),
    spent: spent === null || signal === undefined ? spent : { ...spent, signal },
  };
}

type Fields = Record<string, unknown>;

/** The fields of a line; none when it is no object. */
function fieldsOf(line: string): Fields[] {
  // Behind the last line there is one more, and an exception costs more than all the rest.
  if (line === "") return [];
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? [value as Fields] : [];
  } catch {
    return [];
  }
}

function leftoverOf({ left, command, cut }: Fields): Leftover[] {
  const known = typeof left === "number" && typeof command === "string" && typeof cut === "boolean";
  return known ? [{ pid: left, command, cut }] : [];
}

function spentOf({ user_us, system_us, peak_kib }: Fields): Spent | null {
  if (typeof user_us !== "number" || typeof system_us !== "number" || typeof peak_kib !== "number") return null;
  return { user_ms: user_us / 1000, system_ms: system_us / 1000, peak_memory_bytes: peak_kib * 1024 };
}

const reportFields: {
  [K in keyof SandboxReport as undefined extends SandboxReport[K] ? never : K]: "string" | "number" | "boolean";
} = {
  tier: "string",
  abi: "number",
  fs: "string",
  carve: "boolean",
  carve_absent: "boolean",
  hidden: "boolean",
  hidden_absent: "boolean",
  metadata: "boolean",
  net: "string",
  unix: "string",
  loopback: "boolean",
  ipc: "boolean",
  tree_kill: "boolean",
};

const REPORT_FIELDS = Object.entries(reportFields);

function isReport(value: unknown): value is SandboxReport {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return REPORT_FIELDS.every(([name, type]) => typeof fields[name] === type);
}
