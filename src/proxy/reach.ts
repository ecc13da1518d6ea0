import { SocketWire, WIRE_EVENTS } from "./wire.ts";

/** Addresses of one name that are tried, one after another. */
const MAX_TRIED = 4;

/** Where a connection is made to. */
export type FarEnd = { addresses: readonly string[]; port: number } | { unix: string };

/** Connects to the first that answers. null: none did. */
export async function reachFarEnd(end: FarEnd, connect_ms: number): Promise<SocketWire | null> {
  if ("unix" in end) return connectTo({ unix: end.unix }, connect_ms);
  for (const hostname of end.addresses.slice(0, MAX_TRIED)) {
    const wire = await connectTo({ hostname, port: end.port }, connect_ms);
    if (wire !== null) return wire;
  }
  return null;
}

async function connectTo(
  place: { unix: string } | { hostname: string; port: number },
  connect_ms: number,
): Promise<SocketWire | null> {
  const { promise, resolve } = Promise.withResolvers<SocketWire | null>();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    resolve(null);
  }, connect_ms);
  const opened = (socket: Bun.Socket<SocketWire>) => {
    const wire = new SocketWire(socket);
    // Nobody listens before it is joined.
    socket.pause();
    if (late) wire.destroy();
    resolve(late ? null : wire);
  };
  const socket = { ...WIRE_EVENTS, open: opened, connectError: () => resolve(null) };
  const options = { ...place, socket, allowHalfOpen: true };
  Bun.connect(options as unknown as Bun.UnixSocketOptions<SocketWire>).catch(() => resolve(null));
  const wire = await promise;
  clearTimeout(timer);
  return wire;
}
