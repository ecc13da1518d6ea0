import type { AddressServer, ServerWorld } from "../contract.ts";
import { asText } from "../wire/message.ts";
import { listenForCode } from "./callback.ts";
import { type Authority, type Found, findAuthority } from "./discover.ts";
import { storedLogin, storeLogin } from "./store.ts";
import { type OAuthClient, postForJson, requestToken } from "./tokens.ts";

/** Bytes of chance in what must not be guessed. */
const SECRET_BYTES = 32;

/** Logs a person in at a server. `show` gets the address that they open; where it leads back to, moat listens. */
export async function logIn(
  name: string,
  place: AddressServer,
  world: ServerWorld,
  show: (address: string) => void,
  signal: AbortSignal,
): Promise<Found<true>> {
  const challenge = await challengeOf(place, world);
  if (!challenge.ok) return challenge;
  const found = await findAuthority(place.url, challenge.value, world);
  if (!found.ok) return found;
  const wanted = storedLogin(world.moat_home, name, place.url)?.wants?.split(" ") ?? [];
  const { scopes } = found.value;
  const authority = {
    ...found.value,
    scopes: wanted.length > 0 ? [...new Set([...(scopes ?? []), ...wanted])] : scopes,
  };
  const state = secret();
  const back = listenForCode(state, authority, signal);
  try {
    const client = await registered(place, authority, back.redirect_uri, world);
    if (!client.ok) return client;
    const verifier = secret();
    show(addressOf(place, authority, client.value.client_id, { state, verifier, redirect_uri: back.redirect_uri }));
    const code = await back.code;
    if (!code.ok) return code;
    const grant = {
      grant_type: "authorization_code",
      code: code.value,
      redirect_uri: back.redirect_uri,
      code_verifier: verifier,
    };
    const login = await requestToken(client.value, grant, world);
    if (!login.ok) return login;
    storeLogin(world.moat_home, name, login.value);
    return { ok: true, value: true };
  } finally {
    back.stop();
  }
}

const secret = () =>
  crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64({ alphabet: "base64url", omitPadding: true });

/** What the server answers to somebody without a token. */
async function challengeOf({ url, headers }: AddressServer, { fetch }: ServerWorld): Promise<Found<string>> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "ping" });
  const sent = { ...headers, "content-type": "application/json", accept: "application/json, text/event-stream" };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: sent,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(ASK_MS),
    });
    await response.body?.cancel();
    return { ok: true, value: response.headers.get("www-authenticate") ?? "" };
  } catch (error) {
    return { ok: false, message: `it cannot be reached: ${(error as Error).message}` };
  }
}

/** ms that the server has to say that it wants a login. */
const ASK_MS = 10_000;

/** The client that is configured, or one that the authorization server makes for this login. */
async function registered(
  { url, client_id }: AddressServer,
  { token_endpoint, registration_endpoint, issuer, auth_methods }: Authority,
  redirect_uri: string,
  world: ServerWorld,
): Promise<Found<OAuthClient>> {
  const common = { resource: url, token_endpoint };
  if (client_id !== null)
    return { ok: true, value: { ...common, client_id, client_secret: null, auth_method: "none" } };
  if (registration_endpoint === null)
    return {
      ok: false,
      message: `${issuer} registers no clients by itself: register one there and set oauth_client_id`,
    };
  const wanted = {
    client_name: "moat",
    redirect_uris: [redirect_uri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: methodFor(auth_methods),
    application_type: "native",
  };
  const made = await postForJson(registration_endpoint, wanted, world);
  if (!made.ok) return made;
  const id = asText(made.value.client_id);
  if (id === "") return { ok: false, message: `${issuer} made a client without an id` };
  const client_secret = asText(made.value.client_secret) || null;
  const auth_method = client_secret === null ? "none" : methodFor(auth_methods.filter((one) => one !== "none"));
  return { ok: true, value: { ...common, client_id: id, client_secret, auth_method } };
}

/** A program on somebody's machine keeps no secret, so none is wanted where that is possible. */
function methodFor(supported: readonly string[]): OAuthClient["auth_method"] {
  const known = ["none", "client_secret_basic", "client_secret_post"] as const;
  return known.find((one) => supported.includes(one)) ?? "none";
}

function addressOf(
  place: AddressServer,
  { authorization_endpoint, scopes }: Authority,
  client_id: string,
  { state, verifier, redirect_uri }: { state: string; verifier: string; redirect_uri: string },
): string {
  const code_challenge = new Bun.CryptoHasher("sha256").update(verifier).digest("base64url");
  const wanted = place.scopes.length > 0 ? place.scopes : (scopes ?? []);
  const address = new URL(authorization_endpoint);
  const parameters = {
    response_type: "code",
    client_id,
    redirect_uri,
    state,
    code_challenge,
    code_challenge_method: "S256",
    resource: place.url,
    ...(wanted.length > 0 ? { scope: wanted.join(" ") } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}
