// The proxy over real sockets: what reaches a server is looked at there, not in the proxy's answer alone.
import { afterAll, expect, test } from "bun:test";
import { createServer, type Socket, connect as tcp } from "node:net";
import { connect as tls } from "node:tls";
import type { HostRefusal, ProxyOptions } from "./contract.ts";
import { startProxy } from "./proxy.ts";

/** A server of this machine that keeps what it hears; `reply` answers each connection's first bytes. */
async function listening(reply: (socket: Socket) => void = () => {}) {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const at = heard.push("") - 1;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      heard[at] += bytes.toString("latin1");
    });
    socket.once("data", () => reply(socket));
    socket.on("end", () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, heard };
}

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

function proxyTo(allow: string[], more: Partial<ProxyOptions> = {}) {
  const told: HostRefusal[] = [];
  const proxy = startProxy({ allow, onRefused: (one) => told.push(one), resolve: names, ...more });
  const { port } = proxy.serve({ hostname: "127.0.0.1", port: 0 }, null);
  closing.push(() => proxy.close());
  return { port, told, proxy };
}

/** What names lead to here. */
async function names(name: string): Promise<string[]> {
  const known: Record<string, string[]> = {
    "here.example": ["127.0.0.1"],
    "inner.example": ["10.0.0.1"],
    "mixed.example": ["93.184.216.34", "192.168.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "unique.example": ["fd00::1"],
    "shared.example": ["100.64.0.1"],
    "zero.example": ["0.0.0.0"],
  };
  const found = known[name];
  if (found === undefined) throw new Error("ENOTFOUND");
  return found;
}

/** Sends bytes and gives all that comes back until the other side ends. */
function talk(port: number, ...sent: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    let all = "";
    const socket = tcp(port, "127.0.0.1", () => {
      for (const part of sent) socket.write(part);
    });
    socket.on("data", (bytes) => {
      all += bytes.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(all));
  });
}

const OK = (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

test("a listed host is reached by each of the ways", async () => {
  const server = await listening(OK);
  const { port, told } = proxyTo([`localhost:${server.port}`]);
  const inner = `GET /inner HTTP/1.1\r\nHost: x\r\n\r\n`;
  const at = Buffer.from([server.port >> 8, server.port & 255]);
  const name = Buffer.from("\x09localhost");
  expect(await talk(port, `GET http://localhost:${server.port}/a HTTP/1.1\r\n\r\n`)).toEndWith("ok");
  expect(await talk(port, `CONNECT localhost:${server.port} HTTP/1.1\r\n\r\n${inner}`)).toEndWith("ok");
  expect(
    await talk(port, Buffer.from([5, 1, 0]), Buffer.concat([Buffer.from([5, 1, 0, 3]), name, at]), inner),
  ).toEndWith("ok");
  expect(
    await talk(
      port,
      Buffer.concat([Buffer.from([4, 1]), at, Buffer.from("\0\0\0\x01user\0localhost\0"), Buffer.from(inner)]),
    ),
  ).toEndWith("ok");
  expect(server.heard.map((text) => text.split(" ")[1])).toEqual(["/a", "/inner", "/inner", "/inner"]);
  expect(told).toEqual([]);
});

test.each([
  ["other.example:80", ["other.example"]],
  ["other.example:22", ["other.example:22"]],
  ["10.0.0.1:80", ["10.0.0.1"]],
  ["169.254.169.254:80", null],
  ["[::ffff:7f00:1]:80", null],
  ["127.0.0.1:1", ["localhost:1"]],
  ["inner.example:80", ["inner.example", "10.0.0.1"]],
  ["mixed.example:443", ["mixed.example", "192.168.0.1"]],
  ["metadata.example:80", null],
  ["mapped.example:80", null],
  ["unique.example:80", ["unique.example", "[fd00::1]"]],
  ["shared.example:80", ["shared.example", "100.64.0.1"]],
  ["zero.example:80", null],
  ["here.example:81", ["here.example:81"]],
])("%s is refused, once, with its grant %p", async (target, hosts) => {
  const listed = ["here", "inner", "mixed", "metadata", "mapped", "unique", "shared", "zero"].map(
    (one) => `${one}.example`,
  );
  const { port, told } = proxyTo(listed);
  for (const form of [`CONNECT ${target} HTTP/1.1`, `GET http://${target}/ HTTP/1.1`, `CONNECT ${target} HTTP/1.1`]) {
    const answer = await talk(port, `${form}\r\n\r\n`);
    expect(answer).toStartWith("HTTP/1.1 403 ");
    if (hosts) expect(answer).toContain(`network_hosts=${JSON.stringify(hosts)}`);
  }
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ target, hosts });
});

test("a name is looked up once for a connection, and that very address is connected to", async () => {
  const server = await listening(OK);
  let asked = 0;
  // The second answer, as a rebinding server gives it, would lead elsewhere.
  const resolve = async () => (asked++ === 0 ? ["127.0.0.1"] : ["10.0.0.1"]);
  const { port } = proxyTo([`rebind.example:${server.port}`, `localhost:${server.port}`], { resolve });
  const request = `GET http://rebind.example:${server.port}/ HTTP/1.1\r\n\r\n`;
  expect(await talk(port, request)).toEndWith("ok");
  expect(asked).toBe(1);
  expect(await talk(port, request)).toStartWith("HTTP/1.1 403 ");
});

test("what follows a request's body never reaches the server", async () => {
  const server = await listening(OK);
  const { port } = proxyTo([`localhost:${server.port}`]);
  const second = `GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n`;
  const target = `http://localhost:${server.port}/`;
  await talk(port, `POST ${target} HTTP/1.1\r\nContent-Length: 2\r\n\r\nab${second}`);
  await talk(port, `POST ${target} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n${second}`);
  await talk(port, `GET ${target} HTTP/1.1\r\n\r\n${second}`);
  expect(server.heard).toHaveLength(3);
  expect(server.heard.join("")).not.toContain("other.example");
});

test("malformed requests get an answer, reach nobody, and are told", async () => {
  const server = await listening(OK);
  const { port, told } = proxyTo([`localhost:${server.port}`]);
  const target = `http://localhost:${server.port}/`;
  for (const text of [
    `GET ${target} HTTP/1.1\nHost: x\r\n\r\n`,
    `POST ${target} HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ])
    expect(await talk(port, text)).toStartWith("HTTP/1.1 400 ");
  await talk(port, `POST ${target} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n0\r\n\r\n`);
  expect(await talk(port, `GET ${target} HTTP/1.1\r\nX: ${"a".repeat(20_000)}`)).toStartWith("HTTP/1.1 431 ");
  expect(told).toHaveLength(4);
  expect(server.heard.join("")).not.toContain("ab");
});

/** Greets through a tunnel to the server and gives what it heard. */
async function greet(port: number, target: string, servername: string | undefined): Promise<void> {
  const socket = tcp(port, "127.0.0.1", () => socket.write(`CONNECT ${target} HTTP/1.1\r\n\r\n`));
  await new Promise<void>((resolve) => socket.once("data", () => resolve()));
  const client = tls({ socket, ...(servername ? { servername } : {}), rejectUnauthorized: false });
  await new Promise<void>((resolve) => {
    client.on("error", () => resolve());
    client.on("close", () => resolve());
  });
}

test("a tunnel carries TLS for the host that it was opened to, and for no other", async () => {
  const server = await listening((socket) => socket.end());
  const target = `here.example:${server.port}`;
  const { port, told } = proxyTo([target, `localhost:${server.port}`]);
  await greet(port, target, "here.example");
  await greet(port, target, "HERE.example");
  expect(server.heard.filter((text) => text.length > 100)).toHaveLength(2);
  expect(told).toEqual([]);
  await greet(port, target, "other.example");
  expect(server.heard.filter((text) => text.length > 0)).toHaveLength(2);
  expect(told).toMatchObject([{ target, message: expect.stringContaining('TLS for "other.example"'), hosts: null }]);
});

test("whoever speaks for a host gets the tunnel in its place, and learns the address that was judged", async () => {
  const server = await listening(OK);
  const asked: unknown[] = [];
  const path = `/tmp/moat-proxy-test-${process.pid}-${crypto.randomUUID()}`;
  const stand_in = Bun.listen({ unix: path, socket: { data: (socket) => void socket.end("instead") } });
  closing.push(() => stand_in.stop(true));
  const { port } = proxyTo([`here.example:${server.port}`, `localhost:${server.port}`], {
    intercept: (...what) => {
      asked.push(what);
      return path;
    },
  });
  expect(await talk(port, `CONNECT here.example:${server.port} HTTP/1.1\r\n\r\nhello`)).toEndWith("instead");
  expect(asked).toEqual([["here.example", server.port, ["127.0.0.1"]]]);
  expect(server.heard).toEqual([]);
});

test("a tunnel's half stays open: what the server says after the client's end arrives", async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("end", () => socket.end("after the end"));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const address = server.address();
  const to = typeof address === "object" && address !== null ? address.port : 0;
  const { port } = proxyTo([`localhost:${to}`]);
  const answer = await new Promise<string>((resolve) => {
    let all = "";
    const socket = tcp({ port, host: "127.0.0.1", allowHalfOpen: true }, () => {
      socket.write(`CONNECT localhost:${to} HTTP/1.1\r\n\r\n`);
    });
    socket.on("data", (bytes) => {
      if (all === "") socket.end("last words");
      all += bytes;
    });
    socket.on("end", () => resolve(all));
  });
  expect(answer).toEndWith("after the end");
});

test("a server that is not there, and a name that nobody has", async () => {
  const { port, told } = proxyTo(["localhost:1", "nobody.example"]);
  expect(await talk(port, "CONNECT localhost:1 HTTP/1.1\r\n\r\n")).toStartWith("HTTP/1.1 502 ");
  expect(await talk(port, "CONNECT nobody.example:443 HTTP/1.1\r\n\r\n")).toStartWith("HTTP/1.1 502 ");
  expect(told).toEqual([]);
});

test("connections beyond the limit are turned away, and places that come free are given again", async () => {
  const { port } = proxyTo([], { limits: { connections: 2 } });
  const held = [0, 1].map(() => tcp(port, "127.0.0.1"));
  await Promise.all(held.map((socket) => new Promise<void>((resolve) => socket.once("connect", () => resolve()))));
  expect(await talk(port, "GET http://a.example/ HTTP/1.1\r\n\r\n")).toStartWith("HTTP/1.1 503 ");
  for (const socket of held) socket.destroy();
  let answer = "";
  while (!answer.startsWith("HTTP/1.1 403")) answer = await talk(port, "GET http://a.example/ HTTP/1.1\r\n\r\n");
});

test("who speaks too slowly is cut off, however often", async () => {
  const { port } = proxyTo([], { limits: { head_ms: 100 } });
  const socket = tcp(port, "127.0.0.1");
  const drip = setInterval(() => socket.write("G"), 5);
  await new Promise<void>((resolve) => {
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
  clearInterval(drip);
});

test("many hosts that are refused are told up to a bound", async () => {
  const { port, told, proxy } = proxyTo([]);
  for (let at = 0; at < 80; at++) await talk(port, `GET http://h${at}.example/ HTTP/1.1\r\n\r\n`);
  expect(told).toHaveLength(64);
  expect(proxy.refused).toHaveLength(64);
});
