import { type AnyMessage, RequestError, type Stream } from "@agentclientprotocol/sdk";

/**
 * The connection as the SDK reads and writes it, over lines of JSON. A line that is no message is answered with an error and
 * nothing else happens: the connection goes on.
 */
export function messageStream(lines: AsyncIterable<string | null>, send: (message: object) => void): Stream {
  return {
    readable: new ReadableStream<AnyMessage>({
      async start(controller) {
        for await (const line of lines) {
          const read = readMessage(line);
          if (read === null) continue;
          if (read.ok) controller.enqueue(read.message);
          else send({ jsonrpc: "2.0", id: null, error: read.error.toErrorResponse() });
        }
        controller.close();
      },
    }),
    writable: new WritableStream<AnyMessage>({ write: (message) => send(message) }),
  };
}

type ReadMessage = { ok: true; message: AnyMessage } | { ok: false; error: RequestError } | null;

/** One line: a message, what is wrong with it, or (null) an empty line. */
function readMessage(line: string | null): ReadMessage {
  if (line === null) return { ok: false, error: RequestError.invalidRequest(undefined, "the message is too long") };
  if (line.trim() === "") return null;
  try {
    const message: unknown = JSON.parse(line);
    // What is an object and no message the SDK refuses itself.
    if (typeof message === "object" && message !== null) return { ok: true, message: message as AnyMessage };
    return { ok: false, error: RequestError.invalidRequest(undefined, "a message is an object") };
  } catch (error) {
    return { ok: false, error: RequestError.parseError(undefined, error instanceof Error ? error.message : "") };
  }
}
