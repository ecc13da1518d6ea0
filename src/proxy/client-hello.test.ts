import { expect, test } from "bun:test";
import { connect } from "node:tls";
import { readClientHello } from "./client-hello.ts";

/** The first bytes that a real client of TLS sends. */
async function hello(servername: string | undefined): Promise<Uint8Array> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (_, bytes) => resolve(new Uint8Array(bytes)) },
  });
  const client = connect({ host: "127.0.0.1", port: server.port, ...(servername ? { servername } : {}) });
  client.on("error", () => {});
  const bytes = await promise;
  client.destroy();
  server.stop(true);
  return bytes;
}

test("the name in a real greeting, whole and in every piece of it", async () => {
  const bytes = await hello("registry.example");
  expect(readClientHello(bytes)).toEqual({ kind: "tls", server_name: "registry.example" });
  for (let length = 0; length < bytes.length; length++)
    expect(readClientHello(bytes.subarray(0, length)).kind).toBe("wait");
  expect(readClientHello(Buffer.concat([bytes, bytes]))).toEqual({ kind: "tls", server_name: "registry.example" });
});

test("a greeting without a name, and what is no TLS", async () => {
  expect(readClientHello(await hello(undefined))).toEqual({ kind: "tls", server_name: null });
  expect(readClientHello(Buffer.from("SSH-2.0-OpenSSH_9.2\r\n"))).toEqual({ kind: "other" });
  expect(readClientHello(Buffer.from("GET / HTTP/1.1\r\n"))).toEqual({ kind: "other" });
});

/** The same greeting in records of this size. */
function inRecords(bytes: Uint8Array, size: number): Uint8Array {
  const message = bytes.subarray(5);
  const records: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Uint8Array.of(22, 3, 1, part.length >> 8, part.length & 255), part);
  }
  return Buffer.concat(records);
}

test("a name that is cut across records is put together; more records than clients use are refused", async () => {
  const bytes = await hello("registry.example");
  expect(readClientHello(inRecords(bytes, Math.ceil(bytes.length / 3)))).toEqual({
    kind: "tls",
    server_name: "registry.example",
  });
  expect(readClientHello(inRecords(bytes, 16)).kind).toBe("broken");
});

test("whatever is done to a greeting, it never names what it does not, and never throws", async () => {
  const bytes = await hello("registry.example");
  for (let at = 0; at < bytes.length; at++) {
    const changed = new Uint8Array(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0xff;
    const read = readClientHello(changed);
    expect(["wait", "other", "broken", "tls"]).toContain(read.kind);
  }
  const empty = new Uint8Array(bytes);
  empty.set([0, 0], 3);
  expect(readClientHello(empty).kind).toBe("broken");
});
