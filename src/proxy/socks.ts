import { type RemoteHost, readHost } from "./host.ts";

/** What a client of SOCKS says next. `used`: bytes of it; `answer`: what it gets at once. */
export type SocksStep =
  | { kind: "wait" }
  | { kind: "greeting"; used: number; answer: Uint8Array }
  | { kind: "request"; used: number; host: RemoteHost; port: number; version: 4 | 5 }
  /** `answer` ends the connection. */
  | { kind: "refused"; answer: Uint8Array; message: string };

/** Replies of SOCKS5 (RFC 1928, 6). */
export const SOCKS_REPLY = { granted: 0, not_allowed: 2, unreachable: 4, command: 7, address: 8 } as const;

const NO_AUTHENTICATION = 0;

/** An answer in the client's version, about no address in particular. */
export function socksAnswer(version: 4 | 5, reply: number): Uint8Array {
  if (version === 5) return Uint8Array.of(5, reply, 0, 1, 0, 0, 0, 0, 0, 0);
  // SOCKS4 knows yes (90) and no (91).
  return Uint8Array.of(0, reply === SOCKS_REPLY.granted ? 90 : 91, 0, 0, 0, 0, 0, 0);
}

/** Reads the next thing that a client of SOCKS4, 4a or 5 says. @param greeted SOCKS5 and the methods are settled */
export function readSocks(bytes: Uint8Array, greeted: boolean): SocksStep {
  if (bytes.length < 2) return { kind: "wait" };
  if (bytes[0] === 4) return readSocks4(bytes);
  return greeted ? readRequest(bytes) : readGreeting(bytes);
}

function readGreeting(bytes: Uint8Array): SocksStep {
  const count = bytes[1] ?? 0;
  if (bytes.length < 2 + count) return { kind: "wait" };
  if (bytes.subarray(2, 2 + count).includes(NO_AUTHENTICATION))
    return { kind: "greeting", used: 2 + count, answer: Uint8Array.of(5, NO_AUTHENTICATION) };
  return {
    kind: "refused",
    answer: Uint8Array.of(5, 255),
    message: "a client of SOCKS wants to log in, which is not needed",
  };
}

function readRequest(bytes: Uint8Array): SocksStep {
  if (bytes.length < 5) return { kind: "wait" };
  const [, command, , type, first = 0] = bytes;
  if (command !== 1)
    return refusedSocks(5, SOCKS_REPLY.command, "only CONNECT of SOCKS is there, neither BIND nor UDP");
  const length = type === 1 ? 4 : type === 4 ? 16 : type === 3 ? first : 0;
  if (length === 0) return refusedSocks(5, SOCKS_REPLY.address, "a request of SOCKS names no host");
  const from = type === 3 ? 5 : 4;
  const used = from + length + 2;
  if (bytes.length < used) return { kind: "wait" };
  const found = bytes.subarray(from, from + length);
  const host = type === 3 ? readHost(latin1(found)) : addressOf(found);
  const port = ((bytes[used - 2] ?? 0) << 8) | (bytes[used - 1] ?? 0);
  if (host === null || port === 0)
    return refusedSocks(5, SOCKS_REPLY.address, "a request of SOCKS names no host in its usual form");
  return { kind: "request", used, host, port, version: 5 };
}

/** With 4a the address is 0.0.0.x and a name follows the user. */
function readSocks4(bytes: Uint8Array): SocksStep {
  if (bytes.length < 9) return { kind: "wait" };
  if (bytes[1] !== 1) return refusedSocks(4, SOCKS_REPLY.command, "only CONNECT of SOCKS is there");
  const user = bytes.indexOf(0, 8);
  if (user === -1) return { kind: "wait" };
  const address = bytes.subarray(4, 8);
  const named = address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] !== 0;
  const end = named ? bytes.indexOf(0, user + 1) : user;
  if (end === -1) return { kind: "wait" };
  const host = named ? readHost(latin1(bytes.subarray(user + 1, end))) : addressOf(address);
  const port = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  if (host === null || port === 0)
    return refusedSocks(4, SOCKS_REPLY.address, "a request of SOCKS names no host in its usual form");
  return { kind: "request", used: end + 1, host, port, version: 4 };
}

function refusedSocks(version: 4 | 5, reply: number, message: string): SocksStep {
  return { kind: "refused", answer: socksAnswer(version, reply), message };
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

function addressOf(bytes: Uint8Array): RemoteHost | null {
  if (bytes.length === 4) return readHost(bytes.join("."));
  const groups = Array.from({ length: 8 }, (_, at) =>
    Buffer.from(bytes)
      .readUInt16BE(at * 2)
      .toString(16),
  );
  return readHost(`[${groups.join(":")}]`);
}
