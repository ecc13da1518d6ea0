import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRegular } from "../../base/index.ts";
import type { ServerConfig } from "../contract.ts";
import type { Era } from "../wire/handshake.ts";
import { isJsonObject } from "../wire/message.ts";
import type { ServerLists } from "./lists.ts";

/** What is known of a server from the last time. */
export interface KnownServer {
  era: Era;
  version: string;
  lists: ServerLists;
}

/** Of the form below: files of another one are not read. */
const FORM = 1;
/** Bytes of one file: a thousand tools with long schemas are less. */
const MAX_BYTES = 8 * 1024 * 1024;
/** ms after which a list is asked for again in the background: a day. */
const FRESH_MS = 24 * 60 * 60 * 1000;

/** A list from the last time, and whether it is from today. */
export function readKnown(
  moat_home: string,
  server: ServerConfig,
  now: number,
): (KnownServer & { fresh: boolean }) | null {
  const read = readRegular(fileOf(moat_home, server), MAX_BYTES);
  if (!read.ok) return null;
  try {
    const value: unknown = JSON.parse(read.bytes.toString("utf8"));
    if (!isJsonObject(value) || value.form !== FORM || !isJsonObject(value.known) || typeof value.at !== "number")
      return null;
    const age = now - value.at;
    return { ...(value.known as unknown as KnownServer), fresh: age >= 0 && age < FRESH_MS };
  } catch {
    // A file that was cut off: the server is asked again.
    return null;
  }
}

/** Remembers what a server offers. Without a place to write, it is asked again the next time. */
export function keepKnown(moat_home: string, server: ServerConfig, known: KnownServer, now: number): void {
  const file = fileOf(moat_home, server);
  const beside = `${file}.${process.pid}.new`;
  try {
    mkdirSync(join(moat_home, "cache", "mcp"), { recursive: true, mode: 0o700 });
    writeFileSync(beside, JSON.stringify({ form: FORM, at: now, known }), { mode: 0o600 });
    renameSync(beside, file);
  } catch {
    rmSync(beside, { force: true });
  }
}

/** One file for each server as it is configured: another program or address under the same name is another server. */
function fileOf(moat_home: string, { name, place }: ServerConfig): string {
  const identity = new Bun.CryptoHasher("sha256").update(JSON.stringify([name, place])).digest("hex");
  return join(moat_home, "cache", "mcp", `${identity.slice(0, 32)}.json`);
}
