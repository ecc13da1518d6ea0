/** Where releases come from, and what of it may be used. */
export interface Source {
  /** Below it lie `latest/download/NAME` and `download/vX.Y.Z/NAME`. Without a slash at its end. */
  base: string;
  /** The administrator lets moat talk to this address. */
  allowed: (url: string) => boolean;
  /** Certificates to trust beside the usual ones, as PEM; null: none. */
  ca: string | null;
  signal: AbortSignal;
}

/** What was downloaded, or why it was not. */
export type Download = { ok: true; bytes: Uint8Array } | { ok: false; message: string };

/** Redirects that are followed: the field's hosts need two. */
const MAX_HOPS = 5;

/** The address without a slash at its end, or null when programs must not be taken from there. */
export function releaseBase(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  return plain && isSafe(url) ? url.href.replace(/\/+$/, "") : null;
}

/** https, or a server on this very machine. */
function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  return protocol === "http:" && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** Downloads a file of a release. `most`: bytes after which it is given up. */
export async function download(source: Source, path: string, most: number): Promise<Download> {
  let url = `${source.base}/${path}`;
  try {
    for (let hop = 0; hop <= MAX_HOPS; hop++) {
      if (!isSafe(new URL(url))) return { ok: false, message: `${url} is not an https:// address` };
      if (!source.allowed(url))
        return { ok: false, message: `${url} is not allowed here (allowed_hosts of the administrator)` };
      const response = await fetch(url, {
        redirect: "manual",
        signal: source.signal,
        ...(source.ca === null ? {} : { tls: { ca: source.ca } }),
      });
      const next = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && next !== null) {
        url = new URL(next, url).href;
        continue;
      }
      if (!response.ok) return { ok: false, message: `${url} answered with status ${response.status}` };
      return await readBody(response, url, most);
    }
    return { ok: false, message: `${source.base}/${path} leads from one address to the next without end` };
  } catch (error) {
    return { ok: false, message: `${url} cannot be downloaded: ${error instanceof Error ? error.message : error}` };
  }
}

async function readBody(response: Response, url: string, most: number): Promise<Download> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > most) return { ok: false, message: `${url} is longer than ${most} bytes, which no release is` };
    parts.push(part);
  }
  return { ok: true, bytes: Buffer.concat(parts) };
}

/** The checksum that SHA256SUMS has for a file; null when it names none. */
export function checksumOf(sums: string, name: string): string | null {
  for (const line of sums.split("\n")) {
    const [, sum, file] = line.match(/^([0-9a-f]{64}) [ *](.+)$/) ?? [];
    if (sum !== undefined && file === name) return sum;
  }
  return null;
}
