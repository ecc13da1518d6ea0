import { join } from "node:path";
import { readText } from "../files.ts";
import { type ConfigError, fileError } from "../problem.ts";
import { isTable } from "../schema/type.ts";
import { writeWhole } from "../write-file.ts";

export type FolderTrust = "trusted" | "untrusted";

/**
 * What the user trusts, from MOAT_HOME/trust.json (`{version, folders: {PATH: "trusted"}, files: {PATH: SHA256},
 * refused: {PATH: SHA256}}`). The contents of
 * trusted files are kept in MOAT_HOME/trust/SHA256, to show what changed.
 */
export interface TrustStore {
  readonly moat_home: string;
  /** Absolute path → the answer. */
  readonly folders: Readonly<Record<string, FolderTrust>>;
  /** Absolute path → SHA-256 of the content that was trusted, in hex. */
  readonly files: Readonly<Record<string, string>>;
  /** The same for content that was refused. */
  readonly refused: Readonly<Record<string, string>>;
  /** Why the file cannot be used: then nothing is trusted. */
  readonly problem: ConfigError | null;
}

const storeFile = (moat_home: string): string => join(moat_home, "trust.json");

/** Reads the store; a missing one is empty, and a damaged one is empty with the reason: nothing is trusted by mistake. */
export function readTrust(moat_home: string): TrustStore {
  const empty = { moat_home, folders: {}, files: {}, refused: {}, problem: null };
  const source = readText(storeFile(moat_home));
  if (!source.ok) return source.absent ? empty : { ...empty, problem: source.error };
  const parsed = parseStore(source.text);
  if (parsed !== null) return { ...empty, ...parsed };
  const message =
    "this is not a trust store that moat wrote, so nothing is trusted. Remove the file and trust again what you need.";
  return { ...empty, problem: fileError(storeFile(moat_home), message) };
}

function parseStore(text: string): Pick<TrustStore, "folders" | "files" | "refused"> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isTable(value) || value.version !== 1) return null;
  const { folders, files, refused } = value;
  if (!isTable(folders) || Object.values(folders).some((v) => v !== "trusted" && v !== "untrusted")) return null;
  if (!isHashes(files) || !isHashes(refused)) return null;
  return { folders: folders as Record<string, FolderTrust>, files, refused };
}

function isHashes(value: unknown): value is Record<string, string> {
  return isTable(value) && Object.values(value).every((v) => typeof v === "string" && /^[0-9a-f]{64}$/.test(v));
}

/** What is to be remembered, or forgotten (null). */
export interface TrustChange {
  folders?: Record<string, FolderTrust | null>;
  /** Path → the hash of its trusted content; and the content, so that a later change can be shown. */
  files?: Record<string, { sha256: string; bytes: Uint8Array | null } | null>;
  /** Path → the hash of its refused content. */
  refused?: Record<string, string | null>;
}

/** Applies a change to the store on disk; throws when the file system refuses or the store is damaged. */
export function changeTrust(moat_home: string, change: TrustChange): TrustStore {
  const store = readTrust(moat_home);
  if (store.problem !== null) throw new Error(`${store.problem.file}: ${store.problem.message}`);
  for (const content of Object.values(change.files ?? {})) {
    if (content?.bytes) writeWhole(join(moat_home, "trust", content.sha256), content.bytes);
  }
  const next = {
    folders: overlay(store.folders, change.folders ?? {}),
    files: overlay(store.files, hashes(change.files)),
    refused: overlay(store.refused, change.refused ?? {}),
  };
  writeWhole(storeFile(moat_home), `${JSON.stringify({ version: 1, ...next }, null, 2)}\n`);
  return { moat_home, ...next, problem: null };
}

function hashes(contents: TrustChange["files"] = {}): Record<string, string | null> {
  return Object.fromEntries(Object.entries(contents).map(([path, content]) => [path, content?.sha256 ?? null]));
}

function overlay<T>(below: Readonly<Record<string, T>>, above: Record<string, T | null>): Record<string, T> {
  const all = Object.entries<T | null>({ ...below, ...above });
  return Object.fromEntries(all.filter((entry): entry is [string, T] => entry[1] !== null));
}

/** How a file stands to the store: its content is trusted, another content of it was, or it was never seen. */
export function fileTrust(store: TrustStore, path: string, sha256: string | null): "trusted" | "changed" | "new" {
  const known = Object.hasOwn(store.files, path) ? store.files[path] : undefined;
  if (known === undefined) return "new";
  return known === sha256 ? "trusted" : "changed";
}

/** The text that was trusted before, for a diff; "" when its copy is gone. */
export function trustedText(store: TrustStore, path: string): string {
  const hash = store.files[path];
  const source = hash === undefined ? null : readText(join(store.moat_home, "trust", hash));
  return source?.ok ? source.text : "";
}
