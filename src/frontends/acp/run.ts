import { signalExit } from "../../base/index.ts";
import type { AcpOptions } from "./options.ts";
import { AcpServer } from "./server.ts";
import { messageStream } from "./stream.ts";

/**
 * Agent Client Protocol: an editor on the other side of standard input and output. Ends when the input does, with every command
 * that still runs; the exit code says by which signal, if by one.
 */
export async function runAcp(options: AcpOptions): Promise<number> {
  const { lines, send, signal } = options;
  const server = new AcpServer(options);
  const connection = server.app().connect(messageStream(lines, send));
  const stop = () => connection.close();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  await connection.closed;
  await server.closeAll();
  return signal.aborted ? (signalExit(signal.reason) ?? 1) : 0;
}
