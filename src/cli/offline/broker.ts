import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EndPoint } from "./end-point.ts";

/** What stays outside: takes connections on a socket of the file system and hands each on to the one end point. */
export interface Broker extends Disposable {
  /** Path of the socket, in a directory that only this user can enter. */
  path: string;
  /** Somebody inside has said that it is there. */
  met: boolean;
}

/** What is said first on a connection: `here` only greets, `open` asks for the end point. */
export const HELLO = "h";
export const OPEN = "o";

/** Opens the socket. Whatever comes through it reaches this host and port, and nothing else. */
export async function openBroker({ host, port }: EndPoint): Promise<Broker> {
  const directory = mkdtempSync(join(tmpdir(), "moat-broker-"));
  const broker: Broker = {
    path: join(directory, "s"),
    met: false,
    [Symbol.dispose]() {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  const server = createServer((inside) => {
    inside.on("error", () => inside.destroy());
    inside.once("readable", () => {
      const word: Buffer | null = inside.read(1);
      broker.met = true;
      if (word?.toString() === OPEN) joinSockets(inside, connect({ host, port }));
      else inside.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(broker.path, resolve);
  });
  return broker;
}

/** Carries bytes between two sockets until one of them ends or breaks; then both are gone. */
export function joinSockets(a: Socket, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}
