// A login at a server that wants one, against an authorization server that this file scripts.
import { afterEach, describe, expect, test } from "bun:test";
import type { AddressServer } from "../contract.ts";
import { address, played } from "../mcp.suite.ts";
import { logIn } from "./flow.ts";
import { storedLogin, storeLogin } from "./store.ts";

const servers: { stop(force: boolean): unknown }[] = [];
afterEach(() => {
  for (const one of servers.splice(0)) one.stop(true);
});

interface Odd {
  /** Changes the authorization server's document. */
  document?: (document: Record<string, unknown>) => Record<string, unknown>;
  /** Changes what the page leads back with. */
  back?: (parameters: URLSearchParams) => void;
  resource?: string;
  expires_in?: number;
}

/** A server that takes what its authorization server gave last, both at one origin. */
function guarded(odd: Odd = {}) {
  const asked: { path: string; form: URLSearchParams }[] = [];
  const tokens: string[] = [];
  const seen: (string | null)[] = [];
  const challenges = new Map<string, string>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const url = new URL(request.url);
      const { origin, pathname: path, searchParams } = url;
      if (path === "/.well-known/oauth-protected-resource/mcp")
        return Response.json({
          resource: odd.resource ?? `${origin}/mcp`,
          authorization_servers: [origin],
          scopes_supported: ["all"],
        });
      if (path === "/.well-known/oauth-authorization-server") {
        const document = {
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          code_challenge_methods_supported: ["S256"],
          token_endpoint_auth_methods_supported: ["none"],
          authorization_response_iss_parameter_supported: true,
        };
        return Response.json(odd.document?.(document) ?? document);
      }
      const text = request.method === "POST" ? await request.text() : "";
      if (path === "/register") {
        asked.push({
          path,
          form: new URLSearchParams(JSON.parse(text)),
        });
        return Response.json({ client_id: "client-1" }, { status: 201 });
      }
      if (path === "/authorize") {
        asked.push({ path, form: searchParams });
        challenges.set("code-1", searchParams.get("code_challenge") ?? "");
        const back = new URLSearchParams({ code: "code-1", state: searchParams.get("state") ?? "", iss: origin });
        odd.back?.(back);
        return Response.redirect(`${searchParams.get("redirect_uri")}?${back}`);
      }
      if (path === "/token") {
        const form = new URLSearchParams(text);
        asked.push({ path, form });
        const proof = new Bun.CryptoHasher("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
        if (form.has("code") && proof !== challenges.get(form.get("code") ?? ""))
          return Response.json({ error: "invalid_grant", error_description: "wrong proof" }, { status: 400 });
        tokens.push(`token-${tokens.length + 1}`);
        return Response.json({
          access_token: tokens.at(-1),
          token_type: "Bearer",
          refresh_token: "again",
          expires_in: odd.expires_in ?? 3600,
        });
      }
      const given = request.headers.get("authorization");
      seen.push(given);
      if (tokens.length === 0 || given !== `Bearer ${tokens.at(-1)}`)
        return new Response("", { status: 401, headers: { "www-authenticate": 'Bearer scope="few"' } });
      const { id, method } = JSON.parse(text);
      const tools = [{ name: "echo", inputSchema: { type: "object" } }];
      const results: Record<string, object> = {
        "server/discover": { supportedVersions: ["2026-07-28"], capabilities: { tools: {} } },
        "tools/list": { tools },
        "tools/call": { content: [{ type: "text", text: "inside" }] },
      };
      return Response.json({ jsonrpc: "2.0", id, result: results[method] ?? {} });
    },
  });
  servers.push(server);
  return { url: `http://127.0.0.1:${server.port}/mcp`, asked, tokens, seen };
}

const placeOf = (url: string) => address(url).place as AddressServer;
/** A person whose browser goes where it is led. */
const browser = (page: string) => void fetch(page).catch(() => {});
const never = new AbortController().signal;

test("without a login the server says so; with one it is used, kept, and known as a secret", async () => {
  const { url, asked, seen } = guarded();
  using one = played([address(url)]);
  expect((await one.call("mcp__t__echo")).body).toContain("`moat mcp login t` logs in");
  expect(await logIn("t", placeOf(url), one.world, browser, never)).toEqual({ ok: true, value: true });
  const [registration, page, token] = asked;
  expect(registration?.form.get("token_endpoint_auth_method")).toBe("none");
  expect(page?.form.get("resource")).toBe(url);
  expect(page?.form.get("scope")).toBe("few");
  expect(page?.form.get("code_challenge_method")).toBe("S256");
  expect(token?.form.get("resource")).toBe(url);
  expect(token?.form.get("client_id")).toBe("client-1");
  expect(one.learned).toEqual(["token-1", "again"]);
  using next = played([address(url)], undefined, { moat_home: one.world.moat_home });
  expect((await next.call("mcp__t__echo")).body).toBe("inside");
  expect(seen.at(-1)).toBe("Bearer token-1");
});

test("a token that has ended, or that the server does not take, is renewed", async () => {
  const { url, tokens, asked } = guarded({ expires_in: 1 });
  using one = played([address(url)]);
  await logIn("t", placeOf(url), one.world, browser, never);
  expect((await one.call("mcp__t__echo")).body).toBe("inside");
  expect(asked.at(-1)?.form.get("grant_type")).toBe("refresh_token");
  const login = storedLogin(one.world.moat_home, "t", url);
  if (login) storeLogin(one.world.moat_home, "t", { ...login, expires_at: null });
  tokens.push("revoked");
  expect((await one.call("mcp__t__echo")).body).toBe("inside");
});

test("a login is for its address alone, and logging out forgets it", async () => {
  const { url } = guarded();
  using one = played([address(url)]);
  const { moat_home } = one.world;
  await logIn("t", placeOf(url), one.world, browser, never);
  expect(storedLogin(moat_home, "t", "http://127.0.0.1:1/other")).toBeNull();
  expect([storeLogin(moat_home, "t", null), storeLogin(moat_home, "t", null)]).toEqual([true, false]);
  expect(storedLogin(moat_home, "t", url)).toBeNull();
});

describe("no login where", () => {
  test.each<[string, Odd, string]>([
    [
      "codes are not protected",
      { document: ({ code_challenge_methods_supported, ...rest }) => rest },
      "does not protect codes",
    ],
    [
      "the server names itself otherwise",
      { document: (all) => ({ ...all, issuer: "https://other.example" }) },
      "does not say how it gives tokens",
    ],
    [
      "an address is not encrypted",
      { document: (all) => ({ ...all, token_endpoint: "http://example.org/token" }) },
      "it is not encrypted",
    ],
    ["nobody registers", { document: ({ registration_endpoint, ...rest }) => rest }, "set oauth_client_id"],
    ["tokens are for somebody else", { resource: "http://127.0.0.1:1/mcp" }, "which is another server"],
    [
      "the answer comes from somebody else",
      { back: (parameters) => parameters.set("iss", "https://evil.example") },
      "does not come from who was asked",
    ],
    [
      "the answer does not say whose it is",
      { back: (parameters) => parameters.delete("iss") },
      "does not come from who was asked",
    ],
    [
      "the person says no",
      { back: (parameters) => parameters.set("error", "access_denied") },
      "the login was refused: access_denied",
    ],
  ])("%s", async (_, odd, message) => {
    const { url, tokens } = guarded(odd);
    using one = played([address(url)]);
    const done = await logIn("t", placeOf(url), one.world, browser, never);
    expect(done).toEqual({ ok: false, message: expect.stringContaining(message) });
    expect(tokens).toEqual([]);
    expect(storedLogin(one.world.moat_home, "t", url)).toBeNull();
  });

  test("the answer is not of this login: it is not even listened to", async () => {
    const { url, tokens } = guarded();
    using one = played([address(url)]);
    const stop = new AbortController();
    const forged = async (page: string) => {
      const { searchParams } = new URL(page);
      const answer = await fetch(`${searchParams.get("redirect_uri")}?code=stolen&state=guessed`);
      expect(answer.status).toBe(400);
      stop.abort();
    };
    const done = await logIn("t", placeOf(url), one.world, (page) => void forged(page), stop.signal);
    expect(done).toEqual({ ok: false, message: "interrupted" });
    expect(tokens).toEqual([]);
  });

  test("the administrator does not let moat reach it", async () => {
    const { url } = guarded();
    using one = played([address(url)], undefined, { allows: () => false });
    expect(await logIn("t", placeOf(url), one.world, browser, never)).toMatchObject({ ok: false });
  });
});
