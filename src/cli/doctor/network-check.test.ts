// The way to the model, looked at piece by piece: real servers, certificates and refusals.
import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { tempProject } from "../../testkit/index.ts";
import { fakeHost } from "../fixtures/host.ts";
import { checkNetwork, type NetworkCheck } from "./network-check.ts";

const tlsFixtures = join(import.meta.dir, "..", "..", "model", "fixtures", "tls");
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

function serve(fetch: (request: Request) => Response, tls = false): string {
  const keys = { cert: Bun.file(join(tlsFixtures, "server.pem")), key: Bun.file(join(tlsFixtures, "server.key")) };
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch, ...(tls ? { tls: keys } : {}) });
  cleanups.push(() => void server.stop(true));
  return `http${tls ? "s" : ""}://127.0.0.1:${server.port}/v1`;
}

/** The checks as they are printed. */
async function checks(base_url: string, env: Record<string, string> = {}, config: string[] = []) {
  const home = tempProject();
  cleanups.push(() => home.remove());
  const variables = { HOME: home.dir, OPENAI_BASE_URL: base_url, OPENAI_API_KEY: "sk-test", ...env };
  const { host } = fakeHost({ env: variables, cwd: home.dir, home: home.dir, moat_home: home.path(".moat") });
  const found = await checkNetwork(host, { config: ["model=m", ...config] });
  const printed = found.map((one) => ({ ...one, what: host.secrets.redact(one.what) }));
  return Object.fromEntries(printed.map((one) => [one.name, one])) as Record<NetworkCheck["name"], NetworkCheck>;
}

const models = (headers: Record<string, string> = {}) => Response.json({ data: [{ id: "m" }] }, { headers });

describe("checkNetwork", () => {
  test("all is well", async () => {
    const found = await checks(serve(() => models()));
    expect(Object.values(found).map(({ name, ok }) => [name, ok])).toEqual([
      ["provider", true],
      ["proxy", null],
      ["endpoint", true],
      ["clock", true],
      ["model", true],
    ]);
    expect(Object.values(found).every(({ remedy }) => remedy === null)).toBe(true);
  });

  test("nothing listens", async () => {
    const { endpoint, model } = await checks("http://127.0.0.1:9/v1");
    expect(endpoint).toMatchObject({ ok: false, what: expect.stringContaining("nothing listens there") });
    expect(endpoint.remedy).toContain("HTTPS_PROXY");
    expect(model.ok).toBeNull();
  });

  test("a clock that is wrong", async () => {
    const { clock } = await checks(serve(() => models({ date: new Date(Date.now() + 3_600_000).toUTCString() })));
    expect(clock).toMatchObject({ ok: false, remedy: expect.stringContaining("set the clock") });
    expect(clock.what).toMatch(/(3599|3600|3601) s behind/);
  });

  test("a key that is refused: the server's words, without the key", async () => {
    const refuse = () => Response.json({ error: { message: "Incorrect API key: sk-test" } }, { status: 401 });
    const { endpoint, model } = await checks(serve(refuse));
    expect(endpoint.ok).toBe(true);
    expect(model).toMatchObject({ ok: false, remedy: expect.stringContaining("moat login") });
    expect(model.what).toContain("Incorrect API key: [key]");
  });

  test("a model that is not offered, and a server that has no list", async () => {
    const other = await checks(
      serve(() => models()),
      {},
      ["model=other"],
    );
    expect(other.model).toMatchObject({ ok: false, remedy: expect.stringContaining("moat models") });
    const none = await checks(serve(() => new Response("no", { status: 404 })));
    expect(none.model.ok).toBeNull();
  });

  test("a certificate that nobody knows; ca_file makes it known", async () => {
    const url = serve(() => models(), true);
    const unknown = await checks(url);
    expect(unknown.tls).toMatchObject({ ok: false, remedy: expect.stringContaining("ca_file") });
    expect(unknown.endpoint.ok).toBe(false);
    const known = await checks(url, {}, [`ca_file=${JSON.stringify(join(tlsFixtures, "ca.pem"))}`]);
    expect([known.tls.ok, known.endpoint.ok]).toEqual([true, true]);
    expect(known.tls.what).toContain("valid for");
  });

  test("the proxy that is taken, without its password; loopback and NO_PROXY go around it", async () => {
    const env = { HTTPS_PROXY: "http://user:secret@127.0.0.1:9" };
    const far = await checks("https://moat.invalid/v1", env);
    expect(far.proxy.what).toContain("http://…@127.0.0.1:9");
    expect(JSON.stringify(far)).not.toContain("secret");
    expect(far.tls.ok).toBeNull();
    const excluded = await checks("https://moat.invalid/v1", { ...env, NO_PROXY: ".invalid" });
    expect(excluded.proxy.ok).toBeNull();
    const near = await checks(
      serve(() => models()),
      { HTTP_PROXY: "http://127.0.0.1:9" },
    );
    expect([near.proxy.ok, near.endpoint.ok]).toEqual([null, true]);
  });

  test("no provider at all", async () => {
    const { provider } = await checks("", { OPENAI_API_KEY: "" });
    expect(provider).toMatchObject({ ok: false, what: expect.stringContaining("No model is configured") });
  });
});
