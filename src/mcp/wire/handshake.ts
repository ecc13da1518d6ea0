import type { JsonObject } from "../../protocol/index.ts";
import { asText, isJsonObject, RPC, type RpcAnswer } from "./message.ts";
import type { Peer, RequestLimits } from "./peer.ts";
import type { Transport } from "./transport.ts";

/** The revision without sessions, in which every request says what it needs to say. */
export const MODERN = "2026-07-28";
/** Revisions with a handshake, the newest first: it is the one that is asked for. */
const LEGACY = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/** What of MCP a server speaks. */
export type Era = "modern" | "legacy";

/** A server as it presents itself. */
export interface ServerFacts {
  era: Era;
  /** Revision that both sides speak. */
  version: string;
  /** Parts of MCP that it has, by their names there. */
  capabilities: JsonObject;
}

/** Who moat is, for servers. */
export interface ClientInfo {
  name: string;
  version: string;
  [key: string]: string;
}

/** What moat does for servers: it asks a person, in a form or at an address. */
const CAPABILITIES = { elicitation: { form: {}, url: {} } };

/** Share of the time for a start that a server has to answer the first question: older ones may leave it without any answer. */
const PROBE_SHARE = 0.3;

/** What a server says of itself, or why it says nothing that moat understands. */
export type Introduced = { ok: true; facts: ServerFacts } | (RpcAnswer & { ok: false });

/**
 * Finds out which revision a server speaks: it is asked for the newer one first, unless it is known to speak the older. A server that
 * does not know the question is greeted as the older revisions have it.
 */
export async function introduce(
  peer: Peer,
  transport: Transport,
  client: ClientInfo,
  known: Era | null,
  limits: RequestLimits,
): Promise<Introduced> {
  if (known !== "legacy") {
    const probe = { ...limits, timeout_ms: Math.ceil(limits.timeout_ms * PROBE_SHARE) };
    const answer = await peer.request("server/discover", { _meta: requestMeta(client) }, probe);
    if (answer.ok && isJsonObject(answer.result.capabilities)) return discovered(transport, answer.result);
    if (!answer.ok && (answer.login || limits.signal.aborted || peer.over !== null)) return answer;
    if (!answer.ok && answer.code === RPC.unsupported_version && !speaksLegacy(answer)) return answer;
  }
  return greet(peer, transport, client, limits);
}

/** What every request of the newer revision says. */
export function requestMeta(clientInfo: ClientInfo): JsonObject {
  return {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": clientInfo,
    "io.modelcontextprotocol/clientCapabilities": CAPABILITIES,
  };
}

function speaksLegacy({ data }: RpcAnswer & { ok: false }): boolean {
  const supported = isJsonObject(data) && Array.isArray(data.supported) ? data.supported : [];
  return supported.some((version) => typeof version === "string" && LEGACY.includes(version));
}

function discovered(transport: Transport, { capabilities }: JsonObject): Introduced {
  transport.agreed(MODERN, true);
  return { ok: true, facts: factsOf("modern", MODERN, capabilities) };
}

async function greet(
  peer: Peer,
  transport: Transport,
  clientInfo: ClientInfo,
  limits: RequestLimits,
): Promise<Introduced> {
  const params = { protocolVersion: LEGACY[0] ?? "", capabilities: CAPABILITIES, clientInfo };
  const answer = await peer.request("initialize", params, limits);
  if (!answer.ok) return answer;
  const { protocolVersion, capabilities } = answer.result;
  const version = asText(protocolVersion);
  if (!LEGACY.includes(version)) {
    const message = `it speaks the revision ${version.slice(0, 40) || "without a name"} of MCP, which moat does not know`;
    return { ok: false, code: null, message };
  }
  transport.agreed(version, false);
  await peer.notify("notifications/initialized");
  return { ok: true, facts: factsOf("legacy", version, capabilities) };
}

function factsOf(era: Era, version: string, capabilities: unknown): ServerFacts {
  return { era, version, capabilities: isJsonObject(capabilities) ? capabilities : {} };
}
