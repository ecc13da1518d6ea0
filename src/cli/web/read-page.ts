import { publicAddress } from "./address.ts";

/** What a server answered with. */
export interface Page {
  url: URL;
  status: number;
  /** As in `text/html`, in lower case, without parameters. */
  type: string;
  bytes: Uint8Array;
  charset: string | null;
  /** There was more than is kept. */
  cut: boolean;
}

export type PageResult = { ok: true; page: Page } | { ok: false; message: string };

/** Bytes of a body that are read: far more than a model reads of a page. */
const MAX_BYTES = 5 * 1024 * 1024;
/** Redirects of one host to itself; browsers take 20, pages need few. */
const MAX_REDIRECTS = 5;

const PROXIES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

export interface PageReading {
  env: Record<string, string | undefined>;
  user_agent: string;
  signal: AbortSignal;
}

/** An address that may be read: http or https, without a password in it. */
export function pageUrl(text: string): { ok: true; url: URL } | { ok: false; message: string } {
  const url = URL.parse(text);
  if (url === null) return { ok: false, message: `${text} is no URL` };
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return { ok: false, message: `${url.protocol} is not read: use http or https` };
  if (url.username !== "" || url.password !== "")
    return { ok: false, message: "the URL holds a name or a password, which would be sent: leave it out" };
  return { ok: true, url };
}

/**
 * Reads what an address holds. Redirects within its host are followed; one that leads elsewhere is told, and not followed: what was
 * allowed was this host.
 */
export async function readPage(start: URL, reading: PageReading): Promise<PageResult> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await request(url, reading);
    if (!answer.ok) return answer;
    const { response } = answer;
    const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (location === null) return { ok: true, page: await pageOf(url, response) };
    await response.body?.cancel();
    const next = redirected(url, location);
    if (!next.ok) return next;
    url = next.url;
  }
  return { ok: false, message: `${start.href} redirects more than ${MAX_REDIRECTS} times` };
}

function redirected(from: URL, location: string): { ok: true; url: URL } | { ok: false; message: string } {
  const read = pageUrl(URL.parse(location, from.href)?.href ?? location);
  if (!read.ok) return { ok: false, message: `${from.href} redirects: ${read.message}` };
  const { url } = read;
  if (url.hostname !== from.hostname)
    return { ok: false, message: `${from.href} redirects to another host, ${url.href}: fetch that if it is meant` };
  if (from.protocol === "https:" && url.protocol === "http:")
    return { ok: false, message: `${from.href} redirects to ${url.href}, out of TLS: fetch that if it is meant` };
  return { ok: true, url };
}

/** One request, to the very address that was judged: a name may lead elsewhere when it is asked for again. */
async function request(
  url: URL,
  { env, user_agent, signal }: PageReading,
): Promise<{ ok: true; response: Response } | { ok: false; message: string }> {
  const headers = { accept: "text/markdown, text/html;q=0.9, text/*;q=0.8, */*;q=0.1", "user-agent": user_agent };
  const options = { headers, redirect: "manual" as const, signal };
  try {
    // Where a proxy stands between, names are its own to look up.
    if (PROXIES.some((name) => env[name])) return { ok: true, response: await fetch(url, options) };
    const found = await publicAddress(url.hostname);
    if (!found.ok) return found;
    const there = new URL(url);
    there.hostname = found.address.includes(":") ? `[${found.address}]` : found.address;
    const response = await fetch(there, {
      ...options,
      headers: { ...headers, host: url.host },
      tls: { serverName: url.hostname },
    });
    return { ok: true, response };
  } catch (error) {
    return { ok: false, message: `${url.href} cannot be read: ${error instanceof Error ? error.message : error}` };
  }
}

async function pageOf(url: URL, response: Response): Promise<Page> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    parts.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) break;
  }
  const said = response.headers.get("content-type") ?? "";
  return {
    url,
    status: response.status,
    type: said.split(";")[0]?.trim().toLowerCase() ?? "",
    bytes: Buffer.concat(parts).subarray(0, MAX_BYTES),
    charset: /charset="?([\w-]+)/i.exec(said)?.[1] ?? null,
    cut: size > MAX_BYTES,
  };
}
