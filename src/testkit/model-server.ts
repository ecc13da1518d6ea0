import type { Socket } from "bun";
import { type Connection, encodeChunk, encodeHead, LAST_CHUNK, newConnection, takeRequest, writeAll } from "./http.ts";
import { encodeEvent, type RecordedRequest, type Reply, type ServerScript, type ServerStep } from "./script.ts";

/** A running scripted server. */
export interface ModelServer {
  /** Base URL that a provider is configured with: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly port: number;
  /** Every request so far, in the order of arrival. */
  readonly requests: RecordedRequest[];
  /** The request with this index (from 0), once it has arrived. */
  request(index: number): Promise<RecordedRequest>;
  /** Closes the port and every connection. */
  stop(): void;
}

/**
 * Starts a server on a free port of 127.0.0.1 that answers requests as the script says, byte for byte and step by step.
 * It is a bare TCP server, so that a test decides where a chunk ends and how a connection dies. It knows no wire: what a
 * reply means is up to its builder (`respond` and its like). A request beyond the script is answered with status 400,
 * which no client repeats. Nothing in it sleeps: time passes only between gates.
 */
export async function startModelServer(script: ServerScript): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  const waiting = new Map<number, PromiseWithResolvers<RecordedRequest>>();
  const sockets = new Set<Socket<Connection>>();
  const answer = async (socket: Socket<Connection>, request: RecordedRequest, index: number) =>
    send(socket, await replyTo(script, request, index));

  const listener = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = newConnection();
        sockets.add(socket);
      },
      data(socket, bytes) {
        const connection = socket.data;
        connection.pending = Buffer.concat([connection.pending, bytes]);
        for (let request = takeRequest(connection); request; request = takeRequest(connection)) {
          const [taken, index] = [request, requests.push(request) - 1];
          waiting.get(index)?.resolve(taken);
          connection.queue = connection.queue.then(() => answer(socket, taken, index));
        }
      },
      drain: (socket) => socket.data.drained?.resolve(),
      close(socket) {
        sockets.delete(socket);
        socket.data.closed.resolve();
      },
      error: (socket) => socket.data.closed.resolve(),
    },
  });

  return {
    url: `http://127.0.0.1:${listener.port}/v1`,
    port: listener.port,
    requests,
    request(index) {
      const arrived = requests[index];
      if (arrived) return Promise.resolve(arrived);
      const promised = waiting.get(index) ?? Promise.withResolvers<RecordedRequest>();
      waiting.set(index, promised);
      return promised.promise;
    },
    stop() {
      for (const socket of sockets) socket.terminate();
      listener.stop(true);
    },
  };
}

async function replyTo(script: ServerScript, request: RecordedRequest, index: number): Promise<Reply> {
  const reply = typeof script === "function" ? await script(request, index) : script[index];
  if (typeof reply === "function") return await reply(request);
  if (reply) return reply;
  const message = `the script has ${script.length} replies, this is request ${index + 1}: ${request.method} ${request.path}`;
  return { status: 400, body: { error: { message, type: "invalid_request_error", code: "script_exhausted" } } };
}

async function send(socket: Socket<Connection>, reply: Reply): Promise<void> {
  if ("body" in reply) {
    const { status, body, headers } = reply;
    const text = typeof body === "string";
    const bytes = body instanceof Uint8Array ? body : Buffer.from(text ? body : JSON.stringify(body));
    const type = text ? "text/plain; charset=utf-8" : "application/json";
    const head = encodeHead(status, { "content-type": type, "content-length": `${bytes.length}`, ...headers });
    await writeAll(socket, Buffer.concat([head, bytes]));
    return;
  }
  const { status = 200, headers = {}, steps } = Array.isArray(reply) ? { steps: reply } : reply;
  const head = encodeHead(status, { "content-type": "text/event-stream", "transfer-encoding": "chunked", ...headers });
  await runSteps(socket, steps, head);
}

async function runSteps(socket: Socket<Connection>, steps: ServerStep[], head: Uint8Array): Promise<void> {
  let before: Uint8Array | null = head;
  const write = (bytes: Uint8Array) => {
    const all = before ? Buffer.concat([before, bytes]) : bytes;
    before = null;
    return writeAll(socket, all);
  };
  for (const step of steps) {
    if ("wait" in step) {
      await Promise.race([step.wait.pass(), socket.data.closed.promise]);
      if (socket.readyState < 1) return;
    } else if ("cut" in step) {
      if (step.cut === "rst") socket.terminate();
      else socket.end();
      return;
    } else {
      const bytes = bytesOf(step);
      if (!(await write(bytes.length > 0 ? encodeChunk(bytes) : bytes))) return;
    }
  }
  await write(LAST_CHUNK);
}

function bytesOf(step: Exclude<ServerStep, { wait: unknown } | { cut: unknown }>): Uint8Array {
  if ("head" in step) return new Uint8Array();
  if ("comment" in step) return Buffer.from(`: ${step.comment}\n\n`);
  if ("bytes" in step) return typeof step.bytes === "string" ? Buffer.from(step.bytes) : step.bytes;
  return Buffer.from(encodeEvent(step));
}
