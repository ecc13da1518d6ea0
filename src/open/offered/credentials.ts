// `[credentials]`: what the proxy adds to requests to single hosts. Commands use it and never see it.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config/index.ts";
import type { HostCredential } from "../../proxy/index.ts";
import type { Loaded, OpenHost, Outside } from "../contract.ts";

/** Who speaks for hosts that have a credential, and what leads tools to trust it. */
export interface CredentialService {
  intercept(host: string, port: number, addresses: readonly string[]): string | null;
  env: Record<string, string>;
}

type Entry = Config["credentials"][string];

/** The program's time, in ms; the fallback of `model_providers.NAME.auth`. */
const TIMEOUT_MS = 5000;
/** How old a key may be that a program printed; the same. */
const REFRESH_MS = 300_000;

/** null where none are configured. The authority is made anew in each process, and its key is in no file. */
export async function openCredentials(
  { config, keys }: Pick<Loaded, "config" | "keys">,
  host: Pick<OpenHost, "env" | "cwd" | "date" | "moat_home" | "secrets">,
  outside: Outside | null,
): Promise<CredentialService | null> {
  const entries = Object.entries(config.credentials);
  if (entries.length === 0) return null;
  const { bundleWith, makeAuthority, makeBroker, trustVariables } = await (
    await import("../../proxy/index.ts")
  ).loadTls();
  const learn = (secret: string) => {
    for (const known of [host.secrets, keys]) known.learn([secret]);
  };
  const credentials = await Promise.all(
    entries.map(([name, entry]) => credentialOf(name, entry, host, outside, learn)),
  );
  const directory = join(host.moat_home, "broker");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  tidy(directory);
  tidy(host.moat_home);
  const authority = makeAuthority("moat on this machine", host.date().getTime() / 1000, (bytes) =>
    crypto.getRandomValues(new Uint8Array(bytes)),
  );
  const bundle = join(host.moat_home, `authority-${process.pid}.pem`);
  writeFileSync(bundle, bundleWith(authority.certificate, host.env), { mode: 0o600 });
  const { intercept } = makeBroker({ credentials, authority, directory });
  return { intercept, env: trustVariables(bundle) };
}

/** Files of processes that have ended, also of those that were killed. */
function tidy(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = /^(?:authority-)?(\d+)(?:\.pem|-\d+)$/.exec(name)?.[1];
    if (pid !== undefined && (Number(pid) === process.pid || !lives(Number(pid))))
      rmSync(join(directory, name), { force: true });
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const HTTPS = 443;

async function credentialOf(
  name: string,
  entry: Entry,
  host: Pick<OpenHost, "env" | "cwd">,
  outside: Outside | null,
  learn: (secret: string) => void,
): Promise<HostCredential> {
  const [, address = name, port] = /^(.*?)(?::(\d+))?$/.exec(name) ?? [];
  const source = await sourceOf(name, entry, host, outside);
  return {
    host: address.toLowerCase(),
    port: port === undefined ? HTTPS : Number(port),
    header: entry.header,
    async current() {
      const secret = await source.current();
      learn(secret);
      return { secret, value: headerValue(entry, secret) };
    },
    refused: () => source.refused(),
  };
}

function headerValue({ scheme, user }: Entry, secret: string): string {
  const kind = scheme ?? (user === null ? "bearer" : "basic");
  if (kind === "none") return secret;
  return kind === "bearer" ? `Bearer ${secret}` : `Basic ${Buffer.from(`${user ?? ""}:${secret}`).toString("base64")}`;
}

async function sourceOf(
  name: string,
  { env_key, command }: Entry,
  host: Pick<OpenHost, "env" | "cwd">,
  outside: Outside | null,
) {
  if (command !== null) {
    const { createKeySource } = await import("../../model/index.ts");
    const [program = "", ...args] = command;
    const held = outside?.command(command);
    const prepare = held && { prepare: () => ({ ...held.start(host.cwd), PATH: outside?.env.PATH }) };
    const auth = { command: program, args, timeout_ms: TIMEOUT_MS, refresh_interval_ms: REFRESH_MS, ...prepare };
    return createKeySource(auth, outside?.env ?? host.env, () => performance.now());
  }
  return {
    async current() {
      const key = env_key === null ? undefined : host.env[env_key]?.trim();
      if (key) return key;
      const why = env_key === null ? "it names neither env_key nor command" : `the variable ${env_key} is not set`;
      throw new Error(`nothing to add for ${name}: ${why}`);
    },
    refused() {},
  };
}
