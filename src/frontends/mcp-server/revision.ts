import { FAULTS, type Fields, type IncomingCall, isFields, RpcFault } from "./json-rpc.ts";

/** Revisions that begin with `initialize`, the newest first. */
const GREETED = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/** Revisions in which every request says who asks (`_meta`), and nothing has to come first. */
const STATELESS = ["2026-07-28"];

const VERSION = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

/** Who asks: in which way, and what it can show. */
export interface Caller {
  /** Questions go back with the answer to the request, which then comes again; false: they are requests of their own. */
  stateless: boolean;
  /** It shows forms. */
  forms: boolean;
}

/** A client of before there were two kinds of elicitation names none, and shows forms. */
function showsForms(capabilities: unknown): boolean {
  const elicitation = isFields(capabilities) ? capabilities.elicitation : undefined;
  return isFields(elicitation) && (elicitation.form !== undefined || elicitation.url === undefined);
}

/** The revision that a greeting is answered with: the wished one where it is spoken, else the newest. */
export function greetedRevision(wished: unknown): string {
  return GREETED.find((revision) => revision === wished) ?? "2025-11-25";
}

/** The caller that greets. */
export const greeter = ({ params }: IncomingCall): Caller => ({
  stateless: false,
  forms: showsForms(params.capabilities),
});

/** Who makes a request that says so itself; null: it does not. Throws where it says so wrongly. */
export function statedCaller({ params }: IncomingCall): Caller | null {
  const meta = isFields(params._meta) ? params._meta : {};
  const version = meta[VERSION];
  if (version === undefined) return null;
  if (typeof version !== "string" || !STATELESS.includes(version))
    throw new RpcFault(FAULTS.unsupported_revision, `revision ${version} is not spoken`, {
      supported: STATELESS,
      requested: String(version),
    });
  if (!isFields(meta[CAPABILITIES])) throw new RpcFault(FAULTS.invalid_params, `_meta lacks ${CAPABILITIES}`);
  return { stateless: true, forms: showsForms(meta[CAPABILITIES]) };
}

/** A result as a stateless caller wants it: whole, unless it says otherwise, and with who gave it. */
export function stated(result: Fields, server: Fields): Fields {
  return { resultType: "complete", ...result, _meta: { "io.modelcontextprotocol/serverInfo": server } };
}

/** What `server/discover` says, and that nothing of it is to be kept. */
export const DISCOVERED = { supportedVersions: STATELESS, capabilities: { tools: {} } };
/** Lists are those of this process alone. */
export const UNCACHED = { ttlMs: 0, cacheScope: "private" };
