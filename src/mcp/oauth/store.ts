import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRegular } from "../../base/index.ts";
import { isJsonObject } from "../wire/message.ts";

/** A login at a server, as it is kept. */
export interface StoredLogin {
  /** Address of the server that the token is for; it goes nowhere else. */
  resource: string;
  token_endpoint: string;
  client_id: string;
  /** null: the client has none. */
  client_secret: string | null;
  /** How the client says who it is. */
  auth_method: "none" | "client_secret_post" | "client_secret_basic";
  access_token: string;
  /** null: there is none, so that a login ends with its token. */
  refresh_token: string | null;
  /** ms since 1970; null: it was not said. */
  expires_at: number | null;
  /** Scopes that the server wanted later; absent: none. The next login asks for them. */
  wants?: string;
}

/** Bytes of the file: tokens have some kilobytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The file of logins: the sandbox hides it from commands. */
const fileOf = (moat_home: string) => join(moat_home, "mcp-auth.json");

/** The login at a server; null: there is none for this address. */
export function storedLogin(moat_home: string, name: string, url: string): StoredLogin | null {
  const all = readAll(moat_home);
  const login = Object.hasOwn(all, name) ? all[name] : undefined;
  return login?.resource === url ? login : null;
}

/** Keeps a login, or forgets it (null); false: there was none to forget. Throws what the file system throws. */
export function storeLogin(moat_home: string, name: string, login: StoredLogin | null): boolean {
  const { [name]: before, ...others } = readAll(moat_home);
  if (login === null && before === undefined) return false;
  const file = fileOf(moat_home);
  const beside = `${file}.${process.pid}.new`;
  mkdirSync(moat_home, { recursive: true, mode: 0o700 });
  try {
    const logins = login === null ? others : { ...others, [name]: login };
    writeFileSync(beside, `${JSON.stringify({ logins }, null, 2)}\n`, { mode: 0o600 });
    renameSync(beside, file);
  } finally {
    rmSync(beside, { force: true });
  }
  return true;
}

/** A damaged file holds no login that could be used. */
function readAll(moat_home: string): Record<string, StoredLogin> {
  const read = readRegular(fileOf(moat_home), MAX_BYTES);
  if (!read.ok) return {};
  try {
    const value: unknown = JSON.parse(read.bytes.toString("utf8"));
    return isJsonObject(value) && isJsonObject(value.logins)
      ? (value.logins as unknown as Record<string, StoredLogin>)
      : {};
  } catch {
    return {};
  }
}
