import { connect, createServer, type Server, type Socket } from "node:net";
import { HELLO, joinSockets, OPEN } from "./broker.ts";
import { type EndPoint, route } from "./end-point.ts";

/** Bytes of a request's head: what servers of the field take at most, times two. */
const MOST_HEAD = 128 * 1024;

/**
 * Inside the network without a way out: lets this process reach the end point through the broker's socket. A server of this machine
 * is stood in for at its own address; another is reached through a proxy, which the environment names from here on.
 */
export async function openInside(path: string, end_point: EndPoint, env: NodeJS.ProcessEnv): Promise<void> {
  await greet(path);
  for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]) {
    delete env[name];
    delete env[name.toUpperCase()];
  }
  if (end_point.loopback) {
    const hosts = end_point.host === "localhost" ? ["127.0.0.1", "::1"] : [end_point.host];
    for (const host of hosts)
      await listen(
        createServer((socket) => hand(socket, path)),
        end_point.port,
        host,
      );
    return;
  }
  const proxy = createServer((socket) => serve(socket, path, end_point));
  await listen(proxy, 0, "127.0.0.1");
  const address = proxy.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  for (const name of ["http_proxy", "https_proxy"]) {
    env[name] = `http://127.0.0.1:${port}`;
    env[name.toUpperCase()] = `http://127.0.0.1:${port}`;
  }
}

/** Tells the broker that the namespace stands, and makes sure that it can be reached. */
function greet(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.end(HELLO));
    socket.once("error", reject);
    socket.once("close", () => resolve());
  });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  // It must not keep the process when everything else is done.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

/** Carries a connection to the end point; `head` is sent before what comes from it. */
function hand(socket: Socket, path: string, head = ""): void {
  const out = connect(path, () => {
    out.write(OPEN + head);
    joinSockets(socket, out);
  });
  out.on("error", () => socket.destroy());
  socket.on("error", () => out.destroy());
}

/** A proxy for one address. */
function serve(socket: Socket, path: string, end_point: EndPoint): void {
  let held = Buffer.alloc(0);
  const take = (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    const end = held.indexOf("\r\n\r\n");
    if (end === -1 && held.length < MOST_HEAD) return;
    socket.off("data", take);
    socket.pause();
    const found = end === -1 ? ({ ok: false } as const) : route(held.toString("latin1", 0, end), end_point);
    if (!found.ok) {
      socket.end(
        "HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\nmoat --offline-except reaches one end point only\n",
      );
      return;
    }
    socket.unshift(held.subarray(end + 4));
    if (found.tunnel) socket.write("HTTP/1.1 200 OK\r\n\r\n");
    hand(socket, path, found.head);
  };
  socket.on("data", take);
  socket.on("error", () => socket.destroy());
}
