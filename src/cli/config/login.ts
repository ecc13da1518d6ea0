import { FAILED, USAGE } from "../../base/index.ts";
import { PROVIDERS } from "../../model/index.ts";
import { readConfig } from "../../open/index.ts";
import {
  readSavedKeys,
  removeAllKeys,
  removeKey,
  SavedKeyError,
  savedProviders,
  saveKey,
} from "../../open/saved-keys.ts";
import { loadDialogs } from "../../term/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { fail } from "../exits.ts";

/** Key of the provider that is meant when none is named. */
const DEFAULT_PROVIDER = "openai";
/** Longer than any real key; what is longer was piped in by mistake. */
const MAX_KEY_CHARS = 4096;

/** Runs what may meet a damaged file or a missing keyring, and says so in words. */
async function guarded(host: Host, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SavedKeyError)) throw error;
    return fail(host, error.message, FAILED);
  }
}

/** `moat login [status]`. */
export const run: CommandRun = async ({ args, flags, host }) => {
  const [verb, more] = args;
  if (more !== undefined || (verb !== undefined && verb !== "status"))
    return fail(host, `login ${more ?? verb}: known is \`moat login status\``, USAGE);
  for (const name of ["device-auth", "with-access-token"])
    if (flags[name]) return fail(host, `--${name} needs a provider that offers it; none that moat knows does`, USAGE);
  return guarded(host, () => (verb === "status" ? status(host) : login(host, flags)));
};

/** `moat logout`. */
export const runLogout: CommandRun = async ({ flags, host }) =>
  guarded(host, async () => {
    if (flags.all) {
      const gone = await removeAllKeys(host.moat_home, Bun.secrets);
      host.stdout(gone.length > 0 ? `forgotten: ${gone.join(", ")}\n` : "no key was saved\n");
      return 0;
    }
    const saved = savedProviders(host.moat_home);
    const named = typeof flags.provider === "string" ? flags.provider : undefined;
    const id = named ?? (saved.length === 1 ? saved[0]?.id : DEFAULT_PROVIDER) ?? DEFAULT_PROVIDER;
    const gone = await removeKey(host.moat_home, id, Bun.secrets);
    host.stdout(gone ? `forgotten: the key of ${id}\n` : `no key of ${id} was saved\n`);
    const still = keyVariable(id, host);
    if (still) host.stdout(`${still} is still set in the environment\n`);
    return 0;
  });

async function status(host: Host): Promise<number> {
  const saved = savedProviders(host.moat_home);
  const keys = await readSavedKeys(host.moat_home, Bun.secrets);
  const set = Object.keys(PROVIDERS).flatMap((id) => {
    const name = keyVariable(id, host);
    return name ? [`${id}: ${name} in the environment, ${ending(host.env[name] ?? "")}`] : [];
  });
  const kept = saved.map(({ id, place }) => {
    const key = keys[id];
    const where = place === "keyring" ? "in the system's keyring" : `in ${host.moat_home}/auth.json`;
    return `${id}: saved ${where}, ${key === undefined ? "but the keyring does not give it out" : ending(key)}`;
  });
  const lines = [...set, ...kept];
  host.stdout(lines.length > 0 ? `${lines.join("\n")}\n` : "not logged in: `moat login` saves a key\n");
  return lines.length > 0 ? 0 : FAILED;
}

/** Enough to tell two keys apart; nothing of a short one. */
function ending(key: string): string {
  return key.length >= 20 ? `ending in …${key.slice(-4)}` : "set";
}

function keyVariable(id: string, host: Host): string | undefined {
  return PROVIDERS[id]?.env_keys.find((name) => host.env[name]);
}

async function login(host: Host, flags: Flags): Promise<number> {
  const asked = flags["with-api-key"] ? await fromStdin(host, flags) : await fromPerson(host, flags);
  if ("exit" in asked) return asked.message === "" ? asked.exit : fail(host, asked.message, asked.exit);
  const { id, key } = asked;
  const wrong = problemOf(key);
  if (wrong) return fail(host, wrong, FAILED);
  const loaded = await readConfig(host, { cwd: host.cwd });
  if (!loaded.ok) return fail(host, loaded.message, loaded.exit);
  const place = await saveKey(host.moat_home, id, key, loaded.config.cli_auth_credentials_store, Bun.secrets);
  const where = place === "keyring" ? "the system's keyring" : `${host.moat_home}/auth.json, readable by you alone`;
  host.stdout(`the key of ${id} is saved in ${where}\n`);
  const shadow = keyVariable(id, host);
  if (shadow) host.stdout(`${shadow} is set in the environment and is used before it\n`);
  return 0;
}

type Asked = { id: string; key: string } | { exit: number; message: string };

const named = (flags: Flags): string | null => (typeof flags.provider === "string" ? flags.provider : null);

async function fromStdin(host: Host, flags: Flags): Promise<Asked> {
  if (host.stdin_is_tty) {
    const message =
      "--with-api-key reads the key from standard input: printenv OPENAI_API_KEY | moat login --with-api-key";
    return { exit: USAGE, message };
  }
  const read = await host.readStdin();
  if (!read.ok) return { exit: read.exit, message: `standard input: ${read.why}` };
  const key = read.bytes.toString("utf8").trim();
  return { id: named(flags) ?? DEFAULT_PROVIDER, key };
}

async function fromPerson(host: Host, flags: Flags): Promise<Asked> {
  if (!host.stdin_is_tty || !host.stdout_is_tty) {
    const message = "nobody can be asked here: pipe the key in with --with-api-key, or set OPENAI_API_KEY";
    return { exit: USAGE, message };
  }
  const { inDialog } = await loadDialogs();
  const offered = Object.entries(PROVIDERS).filter(([, { env_keys }]) => env_keys.length > 0);
  const options = offered.map(([value, { name }]) => ({ value, label: name }));
  return inDialog(async (dialog): Promise<Asked> => {
    const id = named(flags) ?? (await dialog.choose({ message: "Which provider?", options }));
    const key = id === null ? null : await dialog.secret({ message: `API key of ${PROVIDERS[id]?.name ?? id}` });
    return id === null || key === null ? { exit: FAILED, message: "" } : { id, key: key.trim() };
  });
}

/** A key goes into a header: one line of visible characters. */
function problemOf(key: string): string | null {
  if (key === "") return "no key was given";
  if (key.length > MAX_KEY_CHARS || !/^[\x21-\x7e]+$/.test(key))
    return "that is no key: one line of letters, digits and signs is expected";
  return null;
}
