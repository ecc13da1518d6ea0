import { join } from "node:path";

/** Servers outside, which remember the tokens that reached them. */
export interface Servers {
  tcp: number;
  tcp6: number;
  udp: number;
  unix: string;
  abstract: string;
  reached(token: string): boolean;
  stop(): void;
}

/** Starts them; the unix socket lies in `directory`. */
export async function startServers(directory: string): Promise<Servers> {
  let heard = "";
  const listen = (data: Uint8Array) => {
    heard += new TextDecoder().decode(data);
  };
  const socket = { data: (_: unknown, data: Buffer) => listen(data) };
  const abstract = `moat-attack-${process.pid}`;
  const unix = join(directory, "server.sock");
  const tcp = Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
  const tcp6 = Bun.listen({ hostname: "::1", port: 0, socket });
  const byPath = Bun.listen({ unix, socket });
  const byName = Bun.listen({ unix: `\0${abstract}`, socket });
  const udp = await Bun.udpSocket({ hostname: "127.0.0.1", socket: { data: (_, data) => listen(data) } });
  Bun.spawnSync(["chmod", "777", unix]);
  return {
    tcp: tcp.port,
    tcp6: tcp6.port,
    udp: udp.port,
    unix,
    abstract,
    reached: (token) => heard.includes(token),
    stop() {
      for (const server of [tcp, tcp6, byPath, byName]) server.stop(true);
      udp.close();
    },
  };
}
