import type { Json, JsonObject } from "../../protocol/index.ts";
import type { ServerWorld } from "../contract.ts";
import { readBody } from "../wire/body.ts";
import { asText, isJsonObject } from "../wire/message.ts";

/** Who gives tokens for a server, and how. */
export interface Authority {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  /** null: it registers no clients by itself. */
  registration_endpoint: string | null;
  /** It says in each answer who it is. */
  says_issuer: boolean;
  /** Scopes to ask for; null: none in particular. */
  scopes: string[] | null;
  /** How clients may say who they are. */
  auth_methods: string[];
}

/** What was found, or why not. */
export type Found<T> = { ok: true; value: T } | { ok: false; message: string };

/** ms that one document may take. */
const DOCUMENT_MS = 10_000;

/** Finds who gives tokens for the server at `url`. `challenge`: what it says where it refuses (`WWW-Authenticate`). */
export async function findAuthority(url: string, challenge: string, world: ServerWorld): Promise<Found<Authority>> {
  const resource = await findResource(url, challenge, world);
  if (!resource.ok) return resource;
  const [first] = Array.isArray(resource.value.authorization_servers) ? resource.value.authorization_servers : [];
  const issuer = asText(first) || new URL(url).origin;
  const refused = unusable(issuer, url, world);
  if (refused !== null) return { ok: false, message: `its authorization server ${issuer} cannot be used: ${refused}` };
  const read = await firstDocument(authorityAddresses(issuer), world, (document) => asText(document.issuer) === issuer);
  if (read === null) return { ok: false, message: `${issuer} does not say how it gives tokens` };
  const scope = parameterOf(challenge, "scope");
  const named = resource.value.scopes_supported;
  const supported = Array.isArray(named) ? named.filter((one): one is string => typeof one === "string") : null;
  return readAuthority(read, url, world, scope === null ? supported : scope.split(" "));
}

function readAuthority(
  document: JsonObject,
  url: string,
  world: ServerWorld,
  scopes: string[] | null,
): Found<Authority> {
  const {
    authorization_endpoint,
    token_endpoint,
    registration_endpoint,
    code_challenge_methods_supported: methods,
  } = document;
  const issuer = asText(document.issuer);
  if (!Array.isArray(methods) || !methods.includes("S256"))
    return { ok: false, message: `${issuer} does not protect codes (PKCE with S256), so no login is sent through it` };
  const registration = asText(registration_endpoint) || null;
  for (const place of [
    asText(authorization_endpoint),
    asText(token_endpoint),
    ...(registration ? [registration] : []),
  ]) {
    const refused = unusable(place, url, world);
    if (refused !== null)
      return { ok: false, message: `${issuer} names ${place || "no address"} for a login: ${refused}` };
  }
  return {
    ok: true,
    value: {
      issuer,
      authorization_endpoint: asText(authorization_endpoint),
      token_endpoint: asText(token_endpoint),
      registration_endpoint: registration,
      auth_methods: authMethods(document.token_endpoint_auth_methods_supported),
      says_issuer: document.authorization_response_iss_parameter_supported === true,
      scopes,
    },
  };
}

/** RFC 8414 has Basic where nothing is said. */
function authMethods(named: Json | undefined): string[] {
  const list = Array.isArray(named) ? named.filter((one): one is string => typeof one === "string") : [];
  return list.length > 0 ? list : ["client_secret_basic"];
}

/** What the server says of itself as a resource; nothing where it says nothing. */
async function findResource(url: string, challenge: string, world: ServerWorld): Promise<Found<JsonObject>> {
  const { origin, pathname } = new URL(url);
  const named = parameterOf(challenge, "resource_metadata");
  const places = [
    ...(named !== null && unusable(named, url, world) === null ? [named] : []),
    `${origin}/.well-known/oauth-protected-resource${pathname === "/" ? "" : pathname}`,
    `${origin}/.well-known/oauth-protected-resource`,
  ];
  const document = await firstDocument(places, world, (one) => typeof one.resource === "string");
  if (document === null) return { ok: true, value: {} };
  const resource = asText(document.resource);
  if (covers(resource, url)) return { ok: true, value: document };
  return { ok: false, message: `it says that tokens are for ${resource}, which is another server` };
}

/** A token for the first is one for the second: the same origin, and the same path or one below it. */
function covers(resource: string, url: string): boolean {
  if (!URL.canParse(resource)) return false;
  const [wide, own] = [new URL(resource), new URL(url)];
  const path = wide.pathname.replace(/\/$/, "");
  return wide.origin === own.origin && (own.pathname === path || own.pathname.startsWith(`${path}/`) || path === "");
}

/** Where an authorization server describes itself, for OAuth and for OpenID Connect. */
function authorityAddresses(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  if (path === "")
    return ["oauth-authorization-server", "openid-configuration"].map((name) => `${origin}/.well-known/${name}`);
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
}

async function firstDocument(
  places: readonly string[],
  world: ServerWorld,
  fits: (document: JsonObject) => boolean,
): Promise<JsonObject | null> {
  for (const place of places) {
    const document = await readDocument(place, world);
    if (document !== null && fits(document)) return document;
  }
  return null;
}

async function readDocument(place: string, { fetch }: ServerWorld): Promise<JsonObject | null> {
  try {
    const init = {
      headers: { accept: "application/json" },
      redirect: "manual" as const,
      signal: AbortSignal.timeout(DOCUMENT_MS),
    };
    const response = await fetch(place, init);
    const body = await readBody(response);
    const value: unknown = response.status === 200 && body.ok ? JSON.parse(body.text) : null;
    return isJsonObject(value) ? value : null;
  } catch {
    // Not there, or no JSON: the next place may have it.
    return null;
  }
}

/** Why nothing secret is sent to an address; null: it may be. This machine is only for servers of this machine. */
export function unusable(address: string, server: string, world: ServerWorld): string | null {
  if (!URL.canParse(address)) return "it is no address";
  if (!world.allows(address)) return "the administrator's allowed_hosts do not hold it";
  const url = new URL(address);
  const local = (one: URL) => ["127.0.0.1", "localhost", "[::1]"].includes(one.hostname);
  if (url.protocol === "https:" && (!local(url) || local(new URL(server)))) return null;
  return url.protocol === "http:" && local(url) && local(new URL(server)) ? null : "it is not encrypted";
}

/** A parameter of a challenge, quoted or not. */
export function parameterOf(challenge: string, name: string): string | null {
  const [, quoted, plain] = challenge.match(new RegExp(`\\b${name}=(?:"([^"]*)"|([^\\s,]+))`, "i")) ?? [];
  return quoted ?? plain ?? null;
}
