// The surroundings of one attack: a workspace, an outside with something to lose, a process, and servers to reach.
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { remove } from "../../src/sandbox/harness.suite.ts";
import type { SocketServer } from "./attack.ts";
import type { Servers } from "./servers.ts";

/** What was to be kept, and what was not to be seen. */
export const KEPT = "kept\n";
export const SECRET = "S3CR3T-of-the-outside";

export interface World {
  root: string;
  inside: string;
  outside: string;
  /** Of the attacker: it owns everything in the world, as a user owns home and workspace. */
  uid: number;
  /** Named by what an attack sends out. */
  token: string;
  servers: Servers;
  tools: Tools;
  env: Record<string, string>;
  victim: { pid: number; end(): void } | null;
  server: { end(): void } | null;
}

/** Programs built from the C sources beside this file. */
export interface Tools {
  attack: string;
  become: string;
}

/** Builds the tools into `directory`. Throws with the compiler's words when that fails. */
export function buildTools(directory: string): Tools {
  return {
    attack: buildProgram(directory, "attack", [
      "attack",
      "files",
      "metadata",
      "processes",
      "sockets",
      "kernel",
      "tracing",
    ]),
    become: buildProgram(directory, "become"),
  };
}

/** Builds one program into `directory` from C sources beside this file, and gives its path. */
export function buildProgram(directory: string, out: string, names = [out]): string {
  const path = join(directory, out);
  const sources = names.map((name) => join(import.meta.dir, `${name}.c`));
  const done = Bun.spawnSync(["gcc", "-O1", "-pthread", "-o", path, ...sources], { stderr: "pipe" });
  if (done.exitCode !== 0) throw new Error(`gcc: ${done.stderr}`);
  return path;
}

/** Makes a world beneath `base`. */
export function makeWorld(base: string, uid: number, tools: Tools, servers: Servers): World {
  const root = mkdtempSync(join(base, "world-"));
  const [inside, outside] = [join(root, "inside"), join(root, "outside")];
  const number = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  const token = `token-${number}`;
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    HOME: root,
    A: tools.attack,
    OUT: outside,
    TOKEN: token,
    NUMBER: number,
    PORT: String(servers.tcp),
    PORT6: String(servers.tcp6),
    UDP: String(servers.udp),
    USOCK: servers.unix,
    ABSTRACT: servers.abstract,
  };
  const world: World = { root, inside, outside, uid, token, servers, tools, env, victim: null, server: null };
  chmodSync(root, 0o755);
  for (const path of [inside, outside, join(outside, "empty"), join(outside, "secret")]) mkdirSync(path);
  write(world, "outside/keep", KEPT);
  write(world, "outside/secret/key", SECRET);
  write(world, "outside/secret-file", SECRET);
  for (const path of [root, inside, outside, join(outside, "empty"), join(outside, "secret")])
    chownSync(path, uid, uid);
  return world;
}

/** Writes a file of the attacker's, with the directories above it. */
export function write(world: World, name: string, content: string): void {
  const parts = name.split("/");
  for (let i = 1; i < parts.length; i++) {
    const directory = join(world.root, ...parts.slice(0, i));
    if (existsSync(directory)) continue;
    mkdirSync(directory);
    chownSync(directory, world.uid, world.uid);
  }
  writeFileSync(join(world.root, name), content);
  chownSync(join(world.root, name), world.uid, world.uid);
}

/** Content of a file of the world, or null. */
export function read(world: World, name: string): string | null {
  try {
    return readFileSync(join(world.root, name), "utf8");
  } catch {
    return null;
  }
}

/**
 * Starts the process that is attacked, and names it and what it holds in the world's variables. A closed one lets only those look
 * into it who may look into everything.
 */
export async function startVictim(world: World, closed: boolean): Promise<void> {
  const { tools } = world;
  const words = ["victim", SECRET, ...(closed ? ["closed"] : [])];
  const child = Bun.spawn([...become(tools, world.uid), tools.attack, ...words], {
    cwd: "/",
    env: { VICTIM_SECRET: SECRET },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const reader = child.stdout.getReader();
  const line = new TextDecoder().decode((await reader.read()).value);
  const [pid = "", address = "", segment = "", descriptor = ""] = line.trim().split(" ");
  Object.assign(world.env, { VICTIM: pid, ADDRESS: address, SEGMENT: segment, DESCRIPTOR: descriptor });
  world.victim = { pid: Number(pid), end: () => child.kill("SIGKILL") };
}

const SOCKET_TYPES = { stream: 1, datagram: 2, packet: 5 };

/** Starts the program whose unix sockets are attacked. */
export async function startServer(world: World, tools: Tools, server: SocketServer): Promise<void> {
  const { name, count = 1, type = "stream", leaves, afterwards } = server;
  const bound = typeof name === "string" ? name : name(world);
  const words = [join(world.root, "heard"), SOCKET_TYPES[type], count, bound, ...(leaves ? ["/"] : [])].map(String);
  const child = Bun.spawn([...become(tools, world.uid), tools.attack, "serve", ...words], {
    cwd: join(world.root, server.at),
    stdio: ["ignore", "pipe", "inherit"],
  });
  world.server = { end: () => child.kill("SIGKILL") };
  const said = new TextDecoder().decode((await child.stdout.getReader().read()).value);
  if (said !== "ready\n") throw new Error(`the server of unix sockets did not start: ${said}`);
  afterwards?.(world);
}

/** The words before a command that make it run as `uid`, on a machine that refuses what `filter` says. */
export function become(tools: Pick<Tools, "become">, uid: number, filter?: string): string[] {
  if (uid === process.getuid?.() && !filter) return [];
  const user = uid === process.getuid?.() ? [] : ["--uid", String(uid)];
  return [tools.become, ...user, ...(filter ? ["--filter", filter] : []), "--"];
}

/** Runs the program of attack.c outside, as the attacker's user; true when it got through. */
export function outside(world: World, ...words: string[]): boolean {
  const { tools, uid } = world;
  return Bun.spawnSync([...become(tools, uid), tools.attack, ...words]).exitCode === 0;
}

/** Ends and removes everything. */
export function endWorld(world: World): void {
  world.victim?.end();
  world.server?.end();
  remove(world.root);
}
