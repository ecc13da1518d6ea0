import type { ServerStatus, ToolHost } from "../../tools/index.ts";
import type { ServerConfig, ServerWorld } from "../contract.ts";
import type { Elicit, ServerConnection } from "../wire/connection.ts";
import type { ServerFacts } from "../wire/handshake.ts";
import type { RpcAnswer } from "../wire/message.ts";
import { type KnownServer, keepKnown, readKnown } from "./cache.ts";
import type { ServerLists } from "./lists.ts";
import { offered, placeText } from "./shown.ts";

/** A server that answers, with what it offers; or why it does not. */
export type Ready = { ok: true; connection: ServerConnection; lists: ServerLists } | { ok: false; message: string };

/** ms in which a server that did not start is not started again: several calls in a row would each wait for it. */
const RETRY_MS = 30_000;
/** Times that lists are read again between two uses, whatever a server says of changes. */
const REFRESHES = 3;

/** One configured server: started when it is needed, started again after its end, with what is known of it from the last time. */
export class ToolServer {
  readonly config: ServerConfig;
  readonly #world: ServerWorld;
  #host: ToolHost | null = null;
  #known: KnownServer | null = null;
  #lists: ServerLists | null = null;
  #fresh: boolean;
  #live: { connection: ServerConnection; confinement: string | null; noise(): string | null } | null = null;
  #starting: Promise<Ready> | null = null;
  #failed: { message: string; at: number } | null = null;
  #refreshes = REFRESHES;
  #closed = false;

  constructor(config: ServerConfig, world: ServerWorld) {
    this.config = config;
    this.#world = world;
    const known = readKnown(world.moat_home, config, world.date());
    this.#know(known);
    this.#fresh = known?.fresh ?? false;
  }

  attach(host: ToolHost): void {
    this.#host = host;
  }

  /** What it offers, as far as that is known and wanted; null: it was never asked. The same object until that changes. */
  get lists(): ServerLists | null {
    return this.#lists;
  }

  /** Begins to ask it for its lists, unless they are of today. Nobody waits. */
  wake(): void {
    if (this.#fresh || this.#host === null || this.#starting !== null || this.#recentFailure() !== null) return;
    this.ready(new AbortController().signal);
  }

  /** The server, started where it does not run. */
  async ready(signal: AbortSignal): Promise<Ready> {
    this.#refreshes = REFRESHES;
    const { name } = this.config;
    if (this.#closed || this.#host === null) return { ok: false, message: `the MCP server ${name} is not running` };
    this.#endWidened(this.#host);
    if (this.#live && this.lists) return { ok: true, connection: this.#live.connection, lists: this.lists };
    const failed = this.#recentFailure();
    if (failed !== null) return { ok: false, message: failed };
    this.#starting ??= this.#start(this.#host).finally(() => {
      this.#starting = null;
    });
    return unlessAborted(this.#starting, signal);
  }

  /** Asks it for something. Where it asks back, `elicit` answers. */
  async request(
    method: string,
    params: Parameters<ServerConnection["request"]>[1],
    { signal, headers = {} }: { signal: AbortSignal; headers?: Record<string, string> },
    elicit: Elicit | null,
  ): Promise<RpcAnswer> {
    const ready = await this.ready(signal);
    if (!ready.ok) return { ok: false, code: null, message: ready.message };
    const limits = { timeout_ms: this.config.tool_timeout_ms, signal, headers };
    const answer = await ready.connection.request(method, params, limits, elicit);
    return answer.ok ? answer : { ...answer, message: this.#said(answer) };
  }

  status(): ServerStatus {
    const { name, place } = this.config;
    const lists = this.lists;
    const wrong = place.kind === "wrong" ? place.message : null;
    const state = this.#live ? "ready" : this.#starting ? "starting" : this.#failed || wrong ? "failed" : "idle";
    const noise = this.#live?.noise() ?? null;
    const odd = [
      ...(noise === null ? [] : [`it prints text where only messages belong: ${noise}`]),
      ...(lists?.notes ?? []).map((note) => `left out: ${note}`),
    ];
    return {
      name,
      place: placeText(place),
      state,
      problem: wrong ?? this.#failed?.message ?? (odd.length > 0 ? odd.join("; ") : null),
      version: this.#known?.version ?? null,
      tools: (lists?.tools ?? []).map(({ name: tool, description, read_only }) => ({
        name: tool,
        description,
        read_only,
      })),
      prompts: lists?.prompts ?? [],
    };
  }

  close(): void {
    this.#closed = true;
    this.#live?.connection.close();
  }

  /** What runs under less or more than its thread gives now is started anew. */
  #endWidened(host: ToolHost): void {
    const { confinement = null, connection } = this.#live ?? {};
    if (confinement !== null && confinement !== host.confinement()) connection?.close();
  }

  async #start(host: ToolHost): Promise<Ready> {
    const { config } = this;
    const { reach } = await import("./reach.ts");
    const confinement = config.place.kind === "stdio" ? host.confinement() : null;
    const reached = await reach(config, this.#world, host, this.#known?.era ?? null, {
      changed: (connection) => void this.#refresh(connection),
      ended: (connection, why) => this.#lost(connection, why),
    });
    if (!reached.ok) return this.#fail(reached);
    const { connection, facts, lists, noise } = reached;
    if (this.#closed || connection.over !== null) {
      connection.close();
      return this.#fail({ message: connection.over ?? "it was closed" });
    }
    this.#learn(facts, lists);
    this.#live = { connection, confinement, noise };
    this.#failed = null;
    return { ok: true, connection, lists: offered(lists, config) };
  }

  #learn({ era, version }: ServerFacts, lists: ServerLists): void {
    const known = { era, version, lists };
    this.#know(known);
    this.#fresh = true;
    keepKnown(this.#world.moat_home, this.config, known, this.#world.date());
  }

  #know(known: KnownServer | null): void {
    this.#known = known;
    this.#lists = known === null ? null : offered(known.lists, this.config);
  }

  /** A list is another one now. A server that says so without end is not believed without end. */
  async #refresh(connection: ServerConnection): Promise<void> {
    const known = this.#known;
    if (this.#live?.connection !== connection || known === null || this.#refreshes-- <= 0) return;
    const { readLists } = await import("./lists.ts");
    const { startup_timeout_ms: timeout_ms } = this.config;
    const capabilities = { tools: {}, prompts: {}, ...(known.lists.resources ? { resources: {} } : {}) };
    const read = await readLists(connection, capabilities, { timeout_ms, signal: new AbortController().signal });
    if (read.ok) this.#learn({ ...known, capabilities }, read.lists);
  }

  #lost(connection: ServerConnection, why: string): void {
    if (this.#live?.connection !== connection) return;
    this.#live = null;
    // It is started again when it is needed; until then people see why it is gone.
    if (!this.#closed && why !== "it was closed") this.#failed = { message: this.#said({ message: why }), at: 0 };
  }

  #fail(answer: { message: string; login?: true }): Ready {
    this.#failed = { message: this.#said(answer), at: this.#world.date() };
    return { ok: false, message: this.#failed.message };
  }

  #said({ message, login }: { message: string; login?: true }): string {
    const { name } = this.config;
    const next = login ? `; \`moat mcp login ${name}\` logs in` : "";
    return `the MCP server ${name}: ${message}${next}`;
  }

  #recentFailure(): string | null {
    const { message, at } = this.#failed ?? { message: null, at: 0 };
    return message !== null && this.#world.date() - at < RETRY_MS ? message : null;
  }
}

/** What a promise comes to, unless somebody does not want to wait any more. */
function unlessAborted(ready: Promise<Ready>, signal: AbortSignal): Promise<Ready> {
  const { promise, resolve } = Promise.withResolvers<Ready>();
  const stop = () => resolve({ ok: false, message: "cancelled" });
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return Promise.race([ready, promise]).finally(() => signal.removeEventListener("abort", stop));
}
