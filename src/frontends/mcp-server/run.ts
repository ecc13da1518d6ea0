import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { signalExit } from "../../base/index.ts";
import type { McpServerOptions } from "./options.ts";
import { MoatServer } from "./server.ts";
import { LineTransport } from "./transport.ts";

/**
 * moat as tools of another agent, on standard input and output. Ends when the input does, with every command that still runs;
 * the exit code says by which signal, if by one.
 */
export async function runMcpServer(options: McpServerOptions): Promise<number> {
  const { lines, send, signal } = options;
  const server = new MoatServer(options);
  const transport = new LineTransport(lines, send);
  const handle = serveStdio(() => server.create(), { transport });
  const stop = () => void transport.close();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  await transport.closed;
  await server.closeAll();
  await handle.close();
  return signal.aborted ? (signalExit(signal.reason) ?? 1) : 0;
}
