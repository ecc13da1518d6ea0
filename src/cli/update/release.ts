import { readRegular } from "../../base/index.ts";
import { hostAllowed } from "../../config/index.ts";
import type { Loaded } from "../../open/index.ts";
import { TARGET } from "../../version.ts";
import type { Host } from "../contract.ts";
import { checksumOf, type Download, download, releaseBase, type Source } from "./source.ts";

/** Bytes of SHA256SUMS and VERSION: both are a few lines. */
const SMALL = 64 * 1024;
/** Bytes of a compressed program: four times what it is. */
const LARGE = 200 * 1024 * 1024;
/** Bytes of a file of certificates: ten times what all authorities of the web have. */
const CERTIFICATES = 4 * 1024 * 1024;

/** Version numbers as releases have them. */
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** The number of a version that somebody typed or a server sent, without a `v`; null when it is none. */
export function versionNumber(text: string): string | null {
  const number = text.trim().replace(/^v/, "");
  return VERSION.test(number) ? number : null;
}

/** Where to look: what was typed, the environment, or what the build was told; a message when programs cannot be taken from there. */
export function findSource(
  named: string | null,
  host: Host,
  { config, requirements }: Loaded,
): { ok: true; source: Source } | { ok: false; message: string } {
  const text = named ?? (host.env.MOAT_BASE_URL || (typeof MOAT_RELEASES === "string" ? MOAT_RELEASES : ""));
  if (text === "")
    return { ok: false, message: "this build does not know where releases lie: say --base-url https://…/releases" };
  const base = releaseBase(text);
  if (base === null)
    return { ok: false, message: `${text}: releases are taken from https:// only, or from a server on this machine` };
  const certificates = config.ca_file === null ? null : readRegular(config.ca_file, CERTIFICATES);
  if (certificates !== null && !certificates.ok)
    return { ok: false, message: `ca_file ${config.ca_file}: ${certificates.why}` };
  const ca = certificates?.bytes.toString("utf8") ?? null;
  return { ok: true, source: { base, allowed: (url) => hostAllowed(requirements, url), ca, signal: host.signal } };
}

/** The number of the newest release. */
export async function latestVersion(
  source: Source,
): Promise<{ ok: true; version: string } | { ok: false; message: string }> {
  const got = await download(source, "latest/download/VERSION", SMALL);
  if (!got.ok) return got;
  const version = versionNumber(Buffer.from(got.bytes).toString("latin1").slice(0, 100));
  return version === null
    ? { ok: false, message: `${source.base}/latest/download/VERSION holds no version` }
    : { ok: true, version };
}

/** The program of a release for this machine, held against its SHA256SUMS. */
export async function fetchProgram(source: Source, version: string): Promise<Download> {
  const name = `moat-${TARGET}.zst`;
  const sums = await download(source, `download/v${version}/SHA256SUMS`, SMALL);
  if (!sums.ok) return sums;
  const wanted = checksumOf(Buffer.from(sums.bytes).toString("latin1"), name);
  if (wanted === null) return { ok: false, message: `SHA256SUMS of ${version} does not name ${name}` };
  const packed = await download(source, `download/v${version}/${name}`, LARGE);
  if (!packed.ok) return packed;
  const found = new Bun.CryptoHasher("sha256").update(packed.bytes).digest("hex");
  if (found !== wanted) return { ok: false, message: `${name} is not what SHA256SUMS of ${version} says` };
  return { ok: true, bytes: await Bun.zstdDecompress(packed.bytes) };
}
