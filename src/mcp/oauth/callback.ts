import type { Authority, Found } from "./discover.ts";

/** ms that a person has to log in. */
const LOGIN_MS = 10 * 60 * 1000;

/** Listens on this machine alone for what a login leads back with. */
export function listenForCode(
  state: string,
  authority: Pick<Authority, "issuer" | "says_issuer">,
  signal: AbortSignal,
): { redirect_uri: string; code: Promise<Found<string>>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<Found<string>>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname !== "/callback") return new Response("not here\n", { status: 404 });
      // Anybody can call this address: only who knows the login's own word is listened to.
      if (searchParams.get("state") !== state) return new Response("this is no login of moat\n", { status: 400 });
      const read = readCode(searchParams, authority);
      resolve(read);
      return new Response(read.ok ? "moat is logged in. You can close this page.\n" : `moat: ${read.message}\n`);
    },
  });
  const gone = (message: string) => resolve({ ok: false, message });
  const timer = setTimeout(() => gone("nobody logged in"), LOGIN_MS);
  const onAbort = () => gone("interrupted");
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    redirect_uri: `http://127.0.0.1:${server.port}/callback`,
    code: promise,
    stop() {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      server.stop();
    },
  };
}

/** An answer of somebody else than who was asked is none (RFC 9207), also where it only says no. */
function readCode(
  parameters: URLSearchParams,
  { issuer, says_issuer }: Pick<Authority, "issuer" | "says_issuer">,
): Found<string> {
  const said = parameters.get("iss");
  if (said === null ? says_issuer : said !== issuer)
    return { ok: false, message: "the answer to the login does not come from who was asked, so nothing of it is used" };
  const error = parameters.get("error");
  if (error !== null)
    return {
      ok: false,
      message: `the login was refused: ${(parameters.get("error_description") ?? error).slice(0, 300)}`,
    };
  const code = parameters.get("code");
  return code ? { ok: true, value: code } : { ok: false, message: "the login came back without a code" };
}
