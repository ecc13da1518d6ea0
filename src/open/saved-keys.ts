import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod/mini";
import { readRegular } from "../base/index.ts";

/** Where a key lies: in the system's keyring, or in the file itself. */
const entry = z.union([z.strictObject({ keyring: z.literal(true) }), z.strictObject({ key: z.string() })]);
const file = z.object({ version: z.literal(1), keys: z.record(z.string(), entry) });

/** What `moat login` remembers of each provider. */
type Entries = z.infer<typeof file>["keys"];

/** The system's keyring, as `Bun.secrets` offers it; rejects where there is none. */
export interface Keyring {
  get(options: { service: string; name: string }): Promise<string | null>;
  set(options: { service: string; name: string; value: string }): Promise<void>;
  delete(options: { service: string; name: string }): Promise<boolean>;
}

/** Bytes of the file that are read. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Name of moat's entries in the keyring. */
const SERVICE = "moat";

/** A problem with stored keys, in words for the user. Never holds a key. */
export class SavedKeyError extends Error {}

/** `MOAT_HOME/auth.json`, which the sandbox hides from every command. */
function authFile(moat_home: string): string {
  return join(moat_home, "auth.json");
}

function readEntries(moat_home: string): Entries {
  const path = authFile(moat_home);
  const source = readRegular(path, MAX_BYTES);
  if (!source.ok && source.code === "ENOENT") return {};
  if (!source.ok) throw new SavedKeyError(`the saved keys in ${path} cannot be read: ${source.why}`);
  // What a JSON error would quote is a key.
  const broken = new SavedKeyError(
    `${path} is damaged: \`moat logout --all\` removes it, \`moat login\` writes it anew`,
  );
  try {
    const read = file.safeParse(JSON.parse(source.bytes.toString("utf8")));
    if (!read.success) throw broken;
    return read.data.keys;
  } catch {
    throw broken;
  }
}

/** Written whole under another name first, and readable by the user alone from the first byte. */
function writeEntries(moat_home: string, keys: Entries): void {
  const path = authFile(moat_home);
  if (Object.keys(keys).length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}

/** Providers with a saved key, and where it is; no key is read. Throws SavedKeyError. */
export function savedProviders(moat_home: string): { id: string; place: "keyring" | "file" }[] {
  return Object.entries(readEntries(moat_home)).map(([id, value]) => ({
    id,
    place: "keyring" in value ? "keyring" : "file",
  }));
}

/** Every saved key by its provider. A key that the keyring no longer gives out is left out. Throws SavedKeyError. */
export async function readSavedKeys(moat_home: string, keyring: Keyring): Promise<Record<string, string>> {
  const read = Object.entries(readEntries(moat_home)).map(async ([id, value]) => {
    const key = "key" in value ? value.key : await fromKeyring(id, keyring);
    return key === null ? [] : [[id, key] as const];
  });
  return Object.fromEntries((await Promise.all(read)).flat());
}

async function fromKeyring(id: string, keyring: Keyring): Promise<string | null> {
  try {
    return await keyring.get({ service: SERVICE, name: id });
  } catch {
    return null;
  }
}

/**
 * Saves a key: in the keyring where `store` allows it and there is one, else in the file. Resolves to the place. Throws
 * SavedKeyError, and what the file system throws.
 */
export async function saveKey(
  moat_home: string,
  id: string,
  key: string,
  store: "file" | "keyring" | "auto",
  keyring: Keyring,
): Promise<"keyring" | "file"> {
  const others = readEntries(moat_home);
  const kept = store !== "file" && (await toKeyring(id, key, keyring));
  if (!kept && store === "keyring") {
    throw new SavedKeyError(
      'there is no keyring that takes the key; cli_auth_credentials_store = "file" keeps it in a file of your own',
    );
  }
  writeEntries(moat_home, { ...others, [id]: kept ? { keyring: true } : { key } });
  return kept ? "keyring" : "file";
}

async function toKeyring(id: string, key: string, keyring: Keyring): Promise<boolean> {
  try {
    await keyring.set({ service: SERVICE, name: id, value: key });
    return (await keyring.get({ service: SERVICE, name: id })) === key;
  } catch {
    return false;
  }
}

/** Forgets the key of a provider; false when there was none. Throws SavedKeyError. */
export async function removeKey(moat_home: string, id: string, keyring: Keyring): Promise<boolean> {
  const { [id]: gone, ...others } = readEntries(moat_home);
  if (!gone) return false;
  if ("keyring" in gone) await keyring.delete({ service: SERVICE, name: id }).catch(() => false);
  writeEntries(moat_home, others);
  return true;
}

/** Forgets every key, also when the file is damaged. */
export async function removeAllKeys(moat_home: string, keyring: Keyring): Promise<string[]> {
  const names: string[] = [];
  try {
    for (const { id } of savedProviders(moat_home)) {
      await removeKey(moat_home, id, keyring);
      names.push(id);
    }
  } catch (error) {
    if (!(error instanceof SavedKeyError)) throw error;
  }
  rmSync(authFile(moat_home), { force: true });
  return names;
}
