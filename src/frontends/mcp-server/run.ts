import { signalExit } from "../../base/index.ts";
import type { McpServerOptions } from "./options.ts";
import { MoatServer } from "./server.ts";

/**
 * moat as tools of another agent, on standard input and output. Ends when the input does, with every command that still runs;
 * the exit code says by which signal, if by one.
 */
export async function runMcpServer(options: McpServerOptions): Promise<number> {
  const { lines, signal } = options;
  const server = new MoatServer(options);
  await server.rpc.read(lines, signal);
  await server.closeAll();
  return signal.aborted ? (signalExit(signal.reason) ?? 1) : 0;
}
