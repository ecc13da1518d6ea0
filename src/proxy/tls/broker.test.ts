// A real server over TLS, a real client (curl) that trusts the authority, and the broker between them.
import { afterAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HostCredential, makeBroker } from "./broker.ts";
import { bundleWith, trustVariables } from "./bundle.ts";
import { makeAuthority } from "./certificate.ts";

const TOKEN = "npm_planted0123456789";
const place = mkdtempSync(join(tmpdir(), "moat-br-"));
const now_s = Math.floor(Date.now() / 1000);
const upstreamAuthority = makeAuthority("upstream", now_s, randomBytes);
const leaf = upstreamAuthority.issue("registry.example");
const seen: { method: string; path: string; authorization: string | null; body: string }[] = [];
const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  tls: { cert: leaf.certificate, key: leaf.key },
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const authorization = request.headers.get("authorization");
    seen.push({ method: request.method, path: pathname, authorization, body: await request.text() });
    if (pathname === "/away") return Response.redirect("https://other.example/x", 302);
    if (pathname === "/401") return new Response("no", { status: 401 });
    if (pathname === "/slow") return new Response(pieces(authorization ?? ""));
    const echo = { "x-echo": authorization ?? "" };
    const coded = Buffer.from(`user:${authorization}`).toString("base64");
    return Response.json({ authorization, coded, url: encodeURIComponent(authorization ?? "") }, { headers: echo });
  },
});

/** A body that comes character by character. */
function pieces(text: string): ReadableStream {
  const all = [...`<<${text}>>`];
  return new ReadableStream({
    pull(to) {
      const next = all.shift();
      if (next === undefined) to.close();
      else to.enqueue(Buffer.from(next));
    },
  });
}

let refused = 0;
const credential: HostCredential = {
  host: "registry.example",
  port: upstream.port ?? 0,
  header: "authorization",
  current: async () => ({ value: `Bearer ${TOKEN}`, secret: TOKEN }),
  refused: () => void refused++,
};
const authority = makeAuthority("moat", now_s, randomBytes);
const trust = upstreamAuthority.certificate;
const broker = makeBroker({ credentials: [credential], authority, directory: place, trust });
const bundle = join(place, "bundle.pem");
writeFileSync(bundle, bundleWith(authority.certificate, {}));
afterAll(() => {
  broker.close();
  upstream.stop(true);
  rmSync(place, { recursive: true, force: true });
});

const at = () => broker.intercept("registry.example", upstream.port ?? 0, ["127.0.0.1"]) ?? "";

async function curl(path: string, ...more: string[]): Promise<string> {
  const address = `https://registry.example:${upstream.port}${path}`;
  const argv = ["curl", "-sS", "-i", "--http1.1", "--unix-socket", at(), ...more, address];
  const child = Bun.spawn(argv, { env: { PATH: process.env.PATH ?? "", ...trustVariables(bundle) }, stderr: "pipe" });
  const [out, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return out + errors;
}

describe.skipIf(Bun.which("curl") === null)("a broker", () => {
  test("adds the credential in the place of the command's own, and what comes back does not have it", async () => {
    const said = await curl("/echo", "-H", "Authorization: Bearer wrong", "-d", "hello");
    expect(seen.at(-1)).toEqual({ method: "POST", path: "/echo", authorization: `Bearer ${TOKEN}`, body: "hello" });
    expect(said).toContain("200 OK");
    expect(said).toContain("[key]");
    expect(said).not.toContain(TOKEN);
    expect(said).not.toContain("wrong");
    expect(said).not.toContain(Buffer.from(TOKEN).toString("base64").slice(0, 16));
  });

  test("finds it across the pieces of a body", async () => {
    const said = await curl("/slow");
    expect(said).toContain("<<");
    expect(said).toContain("[key]>>");
    expect(said).not.toContain("planted");
  });

  test("hands redirects on, and follows none", async () => {
    const before = seen.length;
    expect(await curl("/away")).toMatch(/302.*location: https:\/\/other\.example\/x/is);
    expect(seen).toHaveLength(before + 1);
  });

  test("asks for another one when it was refused", async () => {
    expect(await curl("/401")).toContain("401");
    expect(refused).toBe(1);
  });

  test("speaks for no other host, port or name in the request", async () => {
    expect(broker.intercept("other.example", upstream.port ?? 0, [])).toBeNull();
    expect(broker.intercept("registry.example", 80, [])).toBeNull();
    const before = seen.length;
    expect(await curl("/x", "-H", "Host: other.example")).toContain("421");
    expect(seen).toHaveLength(before);
  });

  test("takes no certificate of another host", async () => {
    const other = upstreamAuthority.issue("other.example");
    const liar = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      tls: { cert: other.certificate, key: other.key },
      fetch: () => new Response("lied to"),
    });
    const to = { ...credential, port: liar.port ?? 0 };
    const broker = makeBroker({ credentials: [to], authority, directory: mkdtempSync(join(place, "o")), trust });
    const path = broker.intercept("registry.example", to.port, ["127.0.0.1"]) ?? "";
    const said = await curl("/x", "--unix-socket", path, "-H", `Host: registry.example:${to.port}`);
    broker.close();
    liar.stop(true);
    expect(said).toContain("502");
    expect(said).not.toContain("lied to");
  });

  test("trusts no server that cannot show who it is", async () => {
    const blind = makeBroker({ credentials: [credential], authority, directory: mkdtempSync(join(place, "b")) });
    const path = blind.intercept("registry.example", upstream.port ?? 0, ["127.0.0.1"]) ?? "";
    const before = seen.length;
    const said = await curl("/x", "--unix-socket", path);
    blind.close();
    expect(said).toContain("502");
    expect(seen).toHaveLength(before);
  });
});
