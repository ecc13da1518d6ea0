import type { ToolHost } from "../../tools/index.ts";
import type { ServerConfig, ServerWorld } from "../contract.ts";
import { loginOf } from "../oauth/login.ts";
import { ServerConnection } from "../wire/connection.ts";
import type { Era, ServerFacts } from "../wire/handshake.ts";
import { openHttp } from "../wire/http.ts";
import type { RpcAnswer } from "../wire/message.ts";
import { type OpenedServer, openStdio } from "../wire/stdio.ts";
import { readLists, type ServerLists } from "./lists.ts";

/** A server that answers, with what it offers; or why it does not. */
export type Reached =
  | { ok: true; connection: ServerConnection; facts: ServerFacts; lists: ServerLists; noise(): string | null }
  | (RpcAnswer & { ok: false });

/** What is told of a connection while it lasts. */
export interface ReachEvents {
  changed(connection: ServerConnection): void;
  ended(connection: ServerConnection, why: string): void;
}

/** Starts or connects to a server, lets it introduce itself, and reads its lists. */
export async function reach(
  config: ServerConfig,
  world: ServerWorld,
  host: ToolHost,
  known: Era | null,
  { changed, ended }: ReachEvents,
): Promise<Reached> {
  const connection: ServerConnection = new ServerConnection({
    changed: () => changed(connection),
    ended: (why) => ended(connection, why),
  });
  const { startup_timeout_ms: timeout_ms } = config;
  const signal = AbortSignal.timeout(timeout_ms);
  const opened = await openPlace(config, world, host, connection);
  const limits = { timeout_ms, signal };
  const introduced = await connection.open(opened, { name: "moat", version: world.version }, known, limits);
  const read = introduced.ok ? await readLists(connection, introduced.facts.capabilities, limits) : introduced;
  if (!introduced.ok || !read.ok) {
    connection.close();
    const late = { ok: false as const, code: null, message: `no answer after ${timeout_ms / 1000} s` };
    return signal.aborted ? late : (read as RpcAnswer & { ok: false });
  }
  const noise = opened.ok ? opened.noise : () => null;
  return { ok: true, connection, facts: introduced.facts, lists: read.lists, noise };
}

async function openPlace(
  { name, place }: ServerConfig,
  world: ServerWorld,
  host: ToolHost,
  { listener }: ServerConnection,
): Promise<OpenedServer> {
  if (place.kind === "wrong") return { ok: false, message: place.message };
  if (place.kind === "stdio") {
    const { kind, prepare, ...program } = place;
    const prepared = prepare?.() ?? null;
    if (prepared?.ok === false) return prepared;
    const found = prepared && { argv: prepared.argv, env: { PATH: prepared.PATH, ...program.env } };
    return openStdio((one) => host.start(one), { ...program, ...found }, listener);
  }
  const { token, wants } = loginOf(name, place, world);
  return { ok: true, transport: openHttp({ ...place, token, wants, fetch: world.fetch }, listener), noise: () => null };
}
