/** A host that the proxy did not connect to. */
export interface HostRefusal {
  /** `HOST:PORT` as it was asked for; null: the request named none that could be understood. */
  target: string | null;
  /** One sentence: why. */
  message: string;
  /** Entries of the list that would open exactly this; null: none is offered. */
  hosts: string[] | null;
}

/** Bounds of one proxy. All of them have values in `limits.ts`; tests take smaller ones. */
export interface ProxyLimits {
  /** Connections at a time; each has a second one to its server. */
  connections: number;
  /** Bytes of a request's head. */
  head_bytes: number;
  /** ms until a client has said where it wants to go, however slowly it speaks. */
  head_ms: number;
  /** ms for a connection to a server. */
  connect_ms: number;
  /** Seconds without a byte in either direction. */
  idle_s: number;
}

/** What a proxy reaches, and what becomes of the rest. */
export interface ProxyOptions {
  /** Entries: `example.com`, `*.example.com`, an address, `localhost:5432`; each with `:PORT`, or for the ports 80 and 443. */
  allow: readonly string[];
  /** Called once for each target and reason, of the first few. */
  onRefused(refusal: HostRefusal): void;
  /** All addresses of a name. Absent: as the system looks names up. Rejects when there are none. */
  resolve?(name: string): Promise<string[]>;
  /**
   * Whoever speaks for a host in its place: the path of a unix socket that gets the tunnel's bytes, TLS included, as the server would.
   * Asked about tunnels to what is allowed; null: the tunnel goes to the host.
   * @param addresses what the host's name leads to, judged already: connect to one of these and look nothing up again
   */
  intercept?(host: string, port: number, addresses: readonly string[]): string | null;
  limits?: Partial<ProxyLimits>;
}

/** A running proxy. */
export interface NetworkProxy {
  /**
   * Serves a listening socket, which it takes over, or one that it makes.
   * @param to a port of this machine to which everything goes as it is; null: it speaks HTTP and SOCKS
   */
  serve(at: { fd: number } | { hostname: string; port: number }, to: number | null): { port: number };
  /** Ports of this machine that are open, each for a listening socket of its own. */
  readonly local_ports: readonly number[];
  /** What was refused until now. */
  readonly refused: readonly HostRefusal[];
  /** Ends everything that runs through it. */
  close(): void;
}
