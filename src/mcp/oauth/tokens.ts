import type { JsonObject } from "../../protocol/index.ts";
import type { ServerWorld } from "../contract.ts";
import { readBody } from "../wire/body.ts";
import { asText, isJsonObject } from "../wire/message.ts";
import type { Found } from "./discover.ts";
import type { StoredLogin } from "./store.ts";

/** ms that a token endpoint may take. */
const TOKEN_MS = 20_000;
/** ms before its end at which a token is renewed, so that it does not end on the way. */
const EARLY_MS = 30_000;

/** A client as an authorization server knows it. */
export type OAuthClient = Pick<
  StoredLogin,
  "client_id" | "client_secret" | "auth_method" | "token_endpoint" | "resource"
>;

/** Asks for a token. `grant`: what it is asked for with. */
export async function requestToken(
  client: OAuthClient,
  grant: Record<string, string>,
  world: ServerWorld,
): Promise<Found<StoredLogin>> {
  const { client_id, client_secret, token_endpoint, resource, auth_method } = client;
  const own = auth_method === "client_secret_basic" ? {} : { client_id };
  const secret = auth_method === "client_secret_post" ? { client_secret: client_secret ?? "" } : {};
  const form = new URLSearchParams({ ...grant, ...own, ...secret, resource });
  const basic = [client_id, client_secret ?? ""].map(encodeURIComponent).join(":");
  const proof = auth_method === "client_secret_basic" ? { authorization: `Basic ${btoa(basic)}` } : {};
  const answer = await postForJson(token_endpoint, form, world, proof);
  if (!answer.ok) return answer;
  const { access_token, refresh_token, expires_in, token_type } = answer.value;
  if (asText(access_token) === "" || !/^bearer$/i.test(asText(token_type) || "bearer"))
    return { ok: false, message: "its authorization server gave no token that moat can use" };
  const seconds = typeof expires_in === "number" && expires_in > 0 ? expires_in : null;
  const login: StoredLogin = {
    ...client,
    access_token: asText(access_token),
    // Who gives no new one lets the old one go on.
    refresh_token: asText(refresh_token) || grant.refresh_token || null,
    expires_at: seconds === null ? null : world.date() + seconds * 1000,
  };
  for (const one of [login.access_token, login.refresh_token, client_secret]) if (one) world.learn(one);
  return { ok: true, value: login };
}

/** The token will be taken, as far as its time says. */
export const isFresh = ({ expires_at }: StoredLogin, now: number) => expires_at === null || expires_at - EARLY_MS > now;

/** Sends a form or JSON, and reads the JSON that comes back. What was sent is in no message. */
export async function postForJson(
  place: string,
  body: URLSearchParams | JsonObject,
  { fetch }: ServerWorld,
  more: Record<string, string> = {},
): Promise<Found<JsonObject>> {
  const form = body instanceof URLSearchParams;
  const headers = {
    ...more,
    accept: "application/json",
    "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
  };
  try {
    const response = await fetch(place, {
      method: "POST",
      headers,
      body: form ? body.toString() : JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(TOKEN_MS),
    });
    const read = await readBody(response);
    const value: unknown = read.ok ? JSON.parse(read.text) : null;
    if (!isJsonObject(value)) return { ok: false, message: `${place} answered with something else than JSON` };
    if (response.ok) return { ok: true, value };
    const why = asText(value.error_description) || asText(value.error) || `HTTP ${response.status}`;
    return { ok: false, message: `${place} refused: ${why.slice(0, MAX_WHY)}` };
  } catch (error) {
    return { ok: false, message: `${place} cannot be reached: ${(error as Error).message}` };
  }
}

/** Characters of a refusal that are shown. */
const MAX_WHY = 300;
