import { join } from "node:path";
import { readRegular } from "../../base/index.ts";
import { readConfig } from "../../open/index.ts";
import type { Host } from "../contract.ts";
import { findSource, latestVersion, versionNumber } from "./release.ts";

/** How often the place of releases is asked, in ms: once a day. */
const EVERY_MS = 86_400_000;
/** How long that may take, in ms; nobody waits for it. */
const PATIENCE_MS = 10_000;

/** What is kept of the last look, in MOAT_HOME/update.json. */
interface Seen {
  version: string;
  looked_at: number;
}

/**
 * With `check_for_update`: says when the last look found a newer release, and looks again when that was more than a day ago. Starts
 * nothing and downloads no program. The promise is of the look; whoever starts a conversation does not wait for it.
 */
export function tellOfUpdate(host: Host): Promise<void> {
  const file = join(host.moat_home, "update.json");
  const seen = read(file);
  if (seen !== null && Bun.semver.order(seen.version, host.version) > 0)
    host.stderr(`moat: ${seen.version} is there (this is ${host.version}): moat update\n`);
  const now = host.date().getTime();
  if (seen !== null && Math.abs(now - seen.looked_at) < EVERY_MS) return Promise.resolve();
  return look(host, file, now).catch(() => {
    // A look that fails is no trouble of the user's: the next start tries again.
  });
}

async function look(host: Host, file: string, now: number): Promise<void> {
  const loaded = await readConfig(host, { cwd: host.cwd });
  if (!loaded.ok) return;
  const signal = AbortSignal.any([host.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const found = findSource(null, { ...host, signal }, loaded);
  if (!found.ok) return;
  const latest = await latestVersion(found.source);
  if (!latest.ok) return;
  const { writeWhole } = await import("../../config/editing.ts");
  writeWhole(file, `${JSON.stringify({ version: latest.version, looked_at: now } satisfies Seen)}\n`);
}

function read(file: string): Seen | null {
  const found = readRegular(file, 4096);
  if (!found.ok) return null;
  try {
    const { version, looked_at } = JSON.parse(found.bytes.toString("utf8"));
    return typeof looked_at === "number" && versionNumber(String(version)) !== null ? { version, looked_at } : null;
  } catch {
    return null;
  }
}
