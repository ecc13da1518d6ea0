import { createConnection } from "node:net";
import { USAGE } from "../base/index.ts";
import { PROXY_PORT } from "../proxy/index.ts";
import type { CommandRun } from "./contract.ts";
import { fail } from "./exits.ts";

/** An answer's head is a few lines; a proxy that says more is none of ours. */
const MAX_HEAD_BYTES = 16 * 1024;

/**
 * `moat-connect HOST PORT`, as it stands on the PATH of commands: what ssh reaches a host by through the proxy of a sandbox
 * (`ProxyCommand`), as its own sockets lead nowhere. Standard input and output are the connection.
 */
export const run: CommandRun = async ({ args, host }) => {
  const [name = "", port = "", more] = args;
  if (!/^[\w.:-]+$/.test(name) || !/^\d+$/.test(port) || more !== undefined)
    return fail(host, "usage: moat-connect HOST PORT", USAGE);
  const target = name.includes(":") ? `[${name}]:${port}` : `${name}:${port}`;
  const said = await connect(target, host.signal);
  return said === null ? 0 : fail(host, `${target} cannot be reached: ${said}`, 1);
};

/** Joins the standard streams to a tunnel until it ends; why there is none, or null when there was one. */
async function connect(target: string, signal: AbortSignal): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = createConnection({ host: "127.0.0.1", port: PROXY_PORT });
  let head = Buffer.alloc(0);
  const read = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0 && head.length <= MAX_HEAD_BYTES) return;
    socket.off("data", read);
    const [status = ""] = head.toString("latin1").split("\r\n");
    if (!/^HTTP\/1\.[01] 200 /.test(status)) {
      socket.destroy();
      return resolve(head.toString("utf8", end + 4).trim() || status);
    }
    const rest = head.subarray(end + 4);
    if (rest.length > 0) socket.unshift(rest);
    socket.pipe(process.stdout);
    process.stdin.pipe(socket);
    socket.on("close", () => resolve(null));
    // ssh is done: what would still come is for nobody, and nothing is to outlive the command.
    process.stdin.on("end", () => resolve(null));
  };
  signal.addEventListener("abort", () => resolve(null));
  socket.on("data", read);
  socket.on("error", ({ message }) => resolve(message));
  socket.on("end", () => resolve(head.length === 0 ? "the proxy hung up" : null));
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  return promise;
}
