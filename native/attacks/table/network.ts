import { until } from "../../../src/sandbox/harness.suite.ts";
import type { Attack } from "../attack.ts";
import type { World } from "../world.ts";

/** What was sent may still be on its way when the sender has ended. */
const reached = (world: World) => until(() => world.servers.reached(world.token), 200);
/** A port of the world's own, so that worlds can be attacked at the same time. */
const listener = (world: World) => 20_000 + (Number(world.env.NUMBER) % 10_000);

async function knock(world: World): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const done = await Bun.connect({ hostname: "127.0.0.1", port: listener(world), socket: { data() {} } }).then(
      (socket) => socket.end(),
      () => null,
    );
    if (done !== null) return;
    await Bun.sleep(10);
  }
}

/** Reaching somebody outside. */
export const network: Attack[] = [
  { name: "TCP", script: "$A tcp 127.0.0.1 $PORT $TOKEN", succeeded: reached },
  { name: "TCP over IPv6", script: "$A tcp6 ::1 $PORT6 $TOKEN", succeeded: reached },
  { name: "TCP fast open", script: "$A fast-open 127.0.0.1 $PORT $TOKEN", succeeded: reached },
  { name: "MPTCP", script: "$A mptcp 127.0.0.1 $PORT $TOKEN", succeeded: reached },
  { name: "UDP", script: "$A udp 127.0.0.1 $UDP $TOKEN", succeeded: reached },
  { name: "bash's /dev/tcp", script: "bash -c 'printf %s $TOKEN > /dev/tcp/127.0.0.1/$PORT'", succeeded: reached },
  { name: "a port that others can connect to", script: "$A listen $((20000 + NUMBER % 10000))", meanwhile: knock },
  { name: "a unix socket of a service", script: "$A unix $USOCK $TOKEN", succeeded: reached },
  { name: "an abstract unix socket", script: "$A abstract $ABSTRACT $TOKEN", succeeded: reached },
  {
    name: "an abstract unix socket, with the network open",
    policy: () => ({ net: "full" }),
    script: "$A abstract $ABSTRACT $TOKEN",
    succeeded: reached,
  },
  {
    name: "a unix socket of a service, with the network open",
    policy: () => ({ net: "full" }),
    script: "$A unix $USOCK $TOKEN",
    succeeded: reached,
  },
  { name: "packet socket", script: "$A socket 17 3 0" },
  { name: "raw socket", script: "$A socket 2 3 1" },
  { name: "VSOCK", script: "$A socket 40 1 0" },
  { name: "kernel crypto socket", script: "$A socket 38 5 0" },
  { name: "netlink of the audit system", script: "$A socket 16 3 9" },
  { name: "netlink of device events", script: "$A socket 16 3 15" },
  { name: "netlink of netfilter", script: "$A socket 16 3 12" },
];
