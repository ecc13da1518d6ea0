// What the proxy of a command costs: bytes beside a direct copy, memory under a gigabyte and under ten thousand connections.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { row } from "./measure.ts";

/** Bytes that are carried: the gigabyte of the promise. */
const TOTAL = 1 << 30;
/** Copies each way, alternating; the fastest of each counts. */
const COPIES = 5;
const CONNECTIONS = 10_000;

/** A server of bytes, in a process of its own so that no figure is shared. */
const SERVER = `
const chunk = Buffer.alloc(1 << 20, 1);
const pump = (s) => { while (s.data.left > 0) { const n = s.write(chunk.subarray(0, Math.min(chunk.length, s.data.left))); if (n <= 0) return; s.data.left -= n; } s.end(); };
const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: {
  open(s) { s.data = { left: 0 }; },
  data(s) { if (s.data.left > 0) return; s.data.left = ${TOTAL}; s.write("HTTP/1.1 200 OK\\r\\nContent-Length: ${TOTAL}\\r\\n\\r\\n"); pump(s); },
  drain: pump, error() {} } });
console.log(server.port);`;

/** The proxy, which says its memory (KB) whenever it is asked on stdin. */
const PROXY = (port: number) => `
import { readFileSync } from "node:fs";
import { startProxy } from ${JSON.stringify(join(import.meta.dir, "../../src/proxy/index.ts"))};
const proxy = startProxy({ allow: ["localhost:${port}"], onRefused() {} });
console.log(proxy.serve({ hostname: "127.0.0.1", port: 0 }, null).port);
const memory = (what) => Number(new RegExp(what + ":\\\\s+(\\\\d+)").exec(readFileSync("/proc/self/status", "utf8"))[1]);
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
for await (const _ of console) console.log(memory("VmRSS") + " " + memory("VmHWM") + " " + cpu());`;

interface Running extends Disposable {
  port: number;
  ask(): Promise<string>;
}

async function program(directory: string, name: string, text: string): Promise<Running> {
  const file = join(directory, `${name}.ts`);
  await Bun.write(file, text);
  const child = Bun.spawn([process.execPath, file], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const line = async () => ((await lines.read()).value ?? "").trim();
  return {
    port: Number(await line()),
    async ask() {
      child.stdin.write("\n");
      child.stdin.flush();
      return line();
    },
    [Symbol.dispose]: () => child.kill(),
  };
}

/** Seconds that curl takes for all of it. */
async function copy(server: Running, proxy: Running | null): Promise<number> {
  const way = proxy === null ? [] : ["-p", "-x", `http://127.0.0.1:${proxy.port}`];
  const args = ["-sS", "-o", "/dev/null", "-w", "%{time_total}", ...way, `http://localhost:${server.port}/`];
  const child = Bun.spawn(["curl", "-4", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH },
  });
  return Number(await child.stdout.text());
}

/** Opens connections that say nothing, as fast as they come; gives how many the proxy kept. */
async function flood(port: number): Promise<number> {
  let open = 0;
  const sockets: Bun.Socket<undefined>[] = [];
  const events = { data() {}, error() {}, close: () => void open-- };
  for (let at = 0; at < CONNECTIONS; at++) {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: events }).catch(() => null);
    if (socket === null) continue;
    open++;
    sockets.push(socket);
    // The proxy gets its turn, or only its backlog would be measured.
    if (at % 100 === 0) await Bun.sleep(1);
  }
  await Bun.sleep(500);
  const kept = open;
  for (const socket of sockets) socket.terminate();
  return kept;
}

export async function run(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "moat-bench-proxy-"));
  try {
    using server = await program(directory, "server", SERVER);
    using proxy = await program(directory, "proxy", PROXY(server.port));
    // The first one makes the buffers that the others use again.
    await copy(server, proxy);
    const before = Number((await proxy.ask()).split(" ")[1]);
    const best = { direct: Number.POSITIVE_INFINITY, through: Number.POSITIVE_INFINITY };
    for (let at = 0; at < COPIES; at++) {
      best.direct = Math.min(best.direct, await copy(server, null));
      best.through = Math.min(best.through, await copy(server, proxy));
    }
    const [, peak = 0, cpu = 0] = (await proxy.ask()).split(" ").map(Number);
    console.log(
      `  1 GB: direct ${best.direct.toFixed(2)} s, through the proxy ${best.through.toFixed(2)} s; CPU of the proxy ${(cpu / (COPIES + 1)).toFixed(2)} s`,
    );
    row("time through the proxy / of a direct copy", best.through / best.direct, 2, "");
    row("memory that 5 GB through it add, at most", (peak - before) / 1024, 32, "MB");
    const kept = await flood(proxy.port);
    const after = Number((await proxy.ask()).split(" ")[1]);
    row(`of ${CONNECTIONS} connections, kept at a time`, kept, 256, "");
    row("memory that they add, at most", (after - peak) / 1024, 32, "MB");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
