import { AllowList } from "./allow-list.ts";
import { Client, type Shared } from "./client.ts";
import type { HostRefusal, NetworkProxy, ProxyOptions } from "./contract.ts";
import { httpAnswer } from "./http/answer.ts";
import { LIMITS } from "./limits.ts";
import { reachFarEnd } from "./reach.ts";
import { systemAddresses } from "./route.ts";
import { joinWires, SocketWire, WIRE_EVENTS } from "./wire.ts";

/** Refusals that are told: a command that tries thousands of hosts says nothing new with each. */
const MAX_TOLD = 64;

/** A proxy for HTTP (CONNECT and whole addresses) and SOCKS, which reaches the hosts of a list and nobody else. */
export function startProxy({ allow, onRefused, resolve, intercept, limits: other }: ProxyOptions): NetworkProxy {
  const limits = { ...LIMITS, ...other };
  const allowed = new AllowList(allow);
  const refused = new Map<string, HostRefusal>();
  const wires = new Set<SocketWire>();
  const listeners: { stop(close: boolean): void }[] = [];
  const shared: Shared = {
    allowed,
    limits,
    resolve: resolve ?? systemAddresses,
    intercept: intercept ?? (() => null),
    refuse(refusal) {
      const key = `${refusal.target} ${refusal.message}`;
      if (refused.has(key) || refused.size === MAX_TOLD) return;
      refused.set(key, refusal);
      onRefused(refusal);
    },
  };
  const accept = (socket: Bun.Socket<SocketWire>, to: number | null) => {
    const wire = new SocketWire(socket);
    wire.closed = () => wires.delete(wire);
    if (wires.size >= limits.connections) {
      wire.send(httpAnswer(503, `moat's proxy carries ${limits.connections} connections at a time, and no more.`));
      return wire.end();
    }
    wires.add(wire);
    if (to === null) new Client(wire, shared);
    else void carry(wire, to, limits);
  };
  return {
    local_ports: allowed.localPorts(),
    get refused() {
      return [...refused.values()];
    },
    serve(at, to) {
      const socket = { ...WIRE_EVENTS, open: (one: Bun.Socket<SocketWire>) => accept(one, to) };
      // Bun listens on a descriptor, but the overloads of its types leave that out.
      const listener = Bun.listen<SocketWire>({
        ...at,
        socket,
        allowHalfOpen: true,
      } as Bun.TCPSocketListenOptions<SocketWire>);
      listener.unref();
      listeners.push(listener);
      return { port: listener.port };
    },
    close() {
      for (const listener of listeners.splice(0)) listener.stop(true);
      for (const wire of wires) wire.destroy();
    },
  };
}

/** Everything to a port of this machine, as it is. */
async function carry(wire: SocketWire, port: number, limits: typeof LIMITS): Promise<void> {
  wire.socket.pause();
  const server = await reachFarEnd({ addresses: ["127.0.0.1", "::1"], port }, limits.connect_ms);
  if (server === null) return wire.destroy();
  if (wire.gone) return server.destroy();
  joinWires(wire, server);
  for (const one of [wire, server]) {
    one.socket.timeout(limits.idle_s);
    one.socket.resume();
  }
}
