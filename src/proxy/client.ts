import type { AllowList } from "./allow-list.ts";
import { readClientHello } from "./client-hello.ts";
import type { HostRefusal, ProxyLimits } from "./contract.ts";
import { hostAndPort, type RemoteHost, readHost } from "./host.ts";
import { httpAnswer, refusalText } from "./http/answer.ts";
import { RequestBody } from "./http/body.ts";
import { type ProxyRequest, readProxyHead } from "./http/head.ts";
import { type FarEnd, reachFarEnd } from "./reach.ts";
import { routeTo } from "./route.ts";
import { readSocks, SOCKS_REPLY, socksAnswer } from "./socks.ts";
import { joinWires, type SocketWire } from "./wire.ts";

/** What all clients of a proxy share. */
export interface Shared {
  allowed: AllowList;
  limits: ProxyLimits;
  refuse(refusal: HostRefusal): void;
  resolve(name: string): Promise<string[]>;
  intercept(host: string, port: number, addresses: readonly string[]): string | null;
}

/** How a client is told what came of its wish. */
interface Answers {
  connected: Uint8Array | null;
  refused(refusal: HostRefusal): Uint8Array;
  unreachable(message: string): Uint8Array;
}

const HEAD_END = "\r\n\r\n";

/** Serves one connection: finds out where it wants to go, judges that, and carries its bytes there. */
export class Client {
  #held: Uint8Array = new Uint8Array();
  #greeted = false;
  readonly #deadline: ReturnType<typeof setTimeout>;
  readonly #wire: SocketWire;
  readonly #shared: Shared;

  constructor(wire: SocketWire, shared: Shared) {
    this.#wire = wire;
    this.#shared = shared;
    // A deadline, and no pause: whoever sends a byte a second must not hold a connection.
    this.#deadline = setTimeout(() => wire.destroy(), shared.limits.head_ms);
    wire.take = (bytes) => this.#hear(bytes);
    const before = wire.closed;
    wire.closed = () => {
      clearTimeout(this.#deadline);
      before();
    };
  }

  #hear(bytes: Uint8Array): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    const first = this.#held[0];
    if (first === 4 || first === 5) this.#hearSocks();
    else this.#hearHttp();
  }

  #hearHttp(): void {
    const text = Buffer.from(this.#held.subarray(0, this.#shared.limits.head_bytes)).toString("latin1");
    const end = text.indexOf(HEAD_END);
    if (end === -1) {
      if (this.#held.length >= this.#shared.limits.head_bytes)
        this.#malformed(431, "the head of the request is too long");
      return;
    }
    const rest = this.#held.subarray(end + HEAD_END.length);
    const request = readProxyHead(text.slice(0, end));
    if (!request.ok) this.#malformed(400, request.message);
    else if (request.tunnel) void this.#tunnel(request.host, request.port, rest, HTTP);
    else void this.#forward(request, rest);
  }

  #hearSocks(): void {
    const step = readSocks(this.#held, this.#greeted);
    if (step.kind === "wait") {
      if (this.#held.length > MAX_SOCKS) this.#wire.destroy();
      return;
    }
    if (step.kind === "refused") {
      this.#shared.refuse({ target: null, message: step.message, hosts: null });
      this.#leave(step.answer);
      return;
    }
    this.#held = this.#held.subarray(step.used);
    if (step.kind === "request") return void this.#tunnel(step.host, step.port, this.#held, SOCKS[step.version]);
    this.#greeted = true;
    this.#wire.send(step.answer);
    if (this.#held.length > 0) this.#hearSocks();
  }

  async #tunnel(host: RemoteHost, port: number, rest: Uint8Array, answers: Answers): Promise<void> {
    const server = await this.#connect(host, port, answers, true);
    if (server === null) return;
    if (answers.connected !== null) this.#wire.send(answers.connected);
    this.#held = rest;
    joinWires(this.#wire, server);
    this.#wire.take = (bytes) => {
      this.#held = Buffer.concat([this.#held, bytes]);
      this.#beginTunnel(host, port, server);
    };
    server.socket.resume();
    this.#wire.socket.resume();
    // What is no TLS may wait for its server, and takes the time that it takes.
    clearTimeout(this.#deadline);
    if (rest.length > 0) this.#beginTunnel(host, port, server);
  }

  /** Holds the first bytes until it is known that they name the host that the tunnel was opened to. */
  #beginTunnel(host: RemoteHost, port: number, server: SocketWire): void {
    const found = readClientHello(this.#held);
    if (found.kind === "wait") return;
    const name = found.kind === "tls" ? found.server_name : null;
    if (found.kind === "broken" || (name !== null && !this.#isServer(name, host, port))) {
      const target = hostAndPort(host.text, port);
      const said = name === null ? "a TLS greeting that cannot be read" : `TLS for ${JSON.stringify(name)}`;
      this.#shared.refuse({ target, message: `a tunnel to ${target} carried ${said}`, hosts: null });
      server.destroy();
      this.#wire.destroy();
      return;
    }
    const held = this.#held;
    this.#held = new Uint8Array();
    this.#wire.take = (bytes) => server.send(bytes);
    server.send(held);
  }

  /** An address has no name of its own: any that is listed may be asked for there. */
  #isServer(name: string, host: RemoteHost, port: number): boolean {
    const named = readHost(name);
    if (named === null) return false;
    return named.text === host.text || (host.kind === "address" && this.#shared.allowed.names(named, port));
  }

  async #forward(request: ProxyRequest & { ok: true; tunnel: false }, rest: Uint8Array): Promise<void> {
    const { host, port, head, framing } = request;
    const server = await this.#connect(host, port, HTTP, false);
    if (server === null) return;
    clearTimeout(this.#deadline);
    joinWires(this.#wire, server);
    const body = new RequestBody(framing);
    this.#wire.take = (bytes) => {
      const { forward, broken } = body.take(bytes);
      if (broken) {
        this.#shared.refuse({
          target: hostAndPort(host.text, port),
          message: "the chunks of a request's body are malformed",
          hosts: null,
        });
        server.destroy();
        this.#wire.destroy();
        return;
      }
      server.send(forward);
    };
    server.send(Buffer.from(head, "latin1"));
    this.#wire.take(rest);
    server.socket.resume();
    this.#wire.socket.resume();
  }

  /** A connection to where the client wants to go; null when it was told why there is none. */
  async #connect(host: RemoteHost, port: number, answers: Answers, tunnel: boolean): Promise<SocketWire | null> {
    this.#wire.take = () => {};
    this.#wire.socket.pause();
    const { allowed, limits, resolve, intercept } = this.#shared;
    const route = await routeTo(allowed, host, port, resolve);
    if (this.#wire.gone) return null;
    if (!route.ok) {
      if (route.refusal === null) this.#leave(answers.unreachable(route.message));
      else this.#refuse(route.refusal, answers);
      return null;
    }
    const own = tunnel ? intercept(host.text, port, route.addresses) : null;
    const end: FarEnd = own === null ? { addresses: route.addresses, port } : { unix: own };
    const server = await reachFarEnd(end, limits.connect_ms);
    if (server === null) this.#leave(answers.unreachable(`${hostAndPort(host.text, port)} does not answer`));
    else if (this.#wire.gone) server.destroy();
    else {
      server.socket.timeout(limits.idle_s);
      this.#wire.socket.timeout(limits.idle_s);
      return server;
    }
    return null;
  }

  #refuse(refusal: HostRefusal, answers: Answers): void {
    this.#shared.refuse(refusal);
    this.#leave(answers.refused(refusal));
  }

  #malformed(status: number, message: string): void {
    this.#shared.refuse({ target: null, message: `a request to the proxy was malformed: ${message}`, hosts: null });
    this.#leave(httpAnswer(status, `moat's proxy refused this request: ${message}.`));
  }

  /** The last that the client hears. */
  #leave(answer: Uint8Array): void {
    this.#wire.take = () => {};
    this.#wire.socket.resume();
    this.#wire.send(answer);
    this.#wire.end();
  }
}

/** A user's name and a host's, and what stands around them. */
const MAX_SOCKS = 1024;

const HTTP: Answers = {
  connected: Buffer.from("HTTP/1.1 200 Connection established\r\n\r\n"),
  refused: (refusal) => httpAnswer(403, refusalText(refusal)),
  unreachable: (message) => httpAnswer(502, `moat's proxy reached nobody: ${message}.`),
};

function socksAnswers(version: 4 | 5): Answers {
  return {
    connected: socksAnswer(version, SOCKS_REPLY.granted),
    refused: () => socksAnswer(version, SOCKS_REPLY.not_allowed),
    unreachable: () => socksAnswer(version, SOCKS_REPLY.unreachable),
  };
}

const SOCKS = { 4: socksAnswers(4), 5: socksAnswers(5) };
