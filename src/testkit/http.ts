import type { Socket } from "bun";
import type { RecordedRequest } from "./script.ts";

/** A connection of the scripted server: what came in, and the writer. */
export interface Connection {
  /** Bytes that are not yet part of a whole request. */
  pending: Buffer;
  /** Resolves when the kernel took more bytes; set while a write waits. */
  drained: PromiseWithResolvers<void> | null;
  /** Ends with the connection. */
  closed: PromiseWithResolvers<void>;
  /** Requests on one connection are answered one after the other. */
  queue: Promise<void>;
}

export function newConnection(): Connection {
  return { pending: Buffer.alloc(0), drained: null, closed: Promise.withResolvers(), queue: Promise.resolve() };
}

const HEAD_END = "\r\n\r\n";

/**
 * Takes one whole HTTP/1.1 request off the connection's pending bytes; null while it is not complete. Bodies need a
 * content-length, which every client of these APIs sends.
 */
export function takeRequest(connection: Connection): RecordedRequest | null {
  const { pending } = connection;
  const end = pending.indexOf(HEAD_END);
  if (end < 0) return null;
  const [first = "", ...lines] = pending.toString("latin1", 0, end).split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const start = end + HEAD_END.length;
  const length = Number(headers["content-length"] ?? 0);
  if (pending.length < start + length) return null;
  connection.pending = pending.subarray(start + length);
  const raw = pending.toString("utf8", start, start + length);
  const [method = "", target = "/"] = first.split(" ");
  const url = new URL(target, "http://server");
  const { pathname: path, searchParams: query } = url;
  return { method, path, query, headers, raw, body: parse(raw), closed: connection.closed.promise };
}

function parse(raw: string): RecordedRequest["body"] {
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
}

/** Writes all of `bytes`, waiting for the peer where it reads slowly. False when the connection is gone. */
export async function writeAll(socket: Socket<Connection>, bytes: Uint8Array): Promise<boolean> {
  let rest = bytes;
  while (rest.length > 0) {
    const written = socket.write(rest);
    if (written < 0) return false;
    rest = rest.subarray(written);
    if (rest.length === 0) break;
    socket.data.drained = Promise.withResolvers();
    await Promise.race([socket.data.drained.promise, socket.data.closed.promise]);
    if (socket.readyState < 1) return false;
  }
  return true;
}

/** The status line and headers of an answer. */
export function encodeHead(status: number, headers: Record<string, string>): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} ${STATUS_TEXT[status] ?? "Status"}\r\n${lines.join("")}\r\n`, "latin1");
}

const STATUS_TEXT: Record<number, string> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** One chunk of a chunked body. */
export function encodeChunk(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

/** What ends a chunked body. */
export const LAST_CHUNK: Uint8Array = Buffer.from("0\r\n\r\n");
