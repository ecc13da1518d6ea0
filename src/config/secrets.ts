import { join } from "node:path";
import { readText } from "./files.ts";
import type { Config } from "./schema/schema.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Variables that hold a key of a provider by their name alone. */
const KEY_VARIABLE = /_API_KEY$/;

/** Names whose values are secrets, as the defaults of `shell_environment_policy` have them; and headers. */
const SECRET_NAME = /KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|AUTH|COOKIE/i;

/** Headers and parameters that everybody may read. */
const PUBLIC_NAME =
  /^(?:accept|content-type|user-agent|(?:http-)?referer|x-title|(?:anthropic|api|openai)-(?:version|beta|organization|project)|x-ms-client.*)$/i;

/**
 * Values that say no secret: one short word, a number, a date or version, a path, a media type, an address without a password.
 * They stand in text that has nothing to do with the header or variable, which would be damaged.
 */
const PUBLIC_VALUE =
  /^(?:[a-z]{1,15}|v?\d[\d.:_-]*(?:-[a-z]{1,15})?|(?:~|\.{0,2})(?:\/[\w.-]+)+\/?|(?:application|text|image|audio|video|multipart|\*)\/\S+|[a-z]+:\/\/[^\s@?]*)$/i;

/** Settings whose value is a secret or may hold one: they are not shown. */
export function isSecret(key: string): boolean {
  const [, table, name = ""] = key.match(/^(\w+(?:\.\w+)?)\.(.*)$/) ?? [];
  if (table === "shell_environment_policy.set") return SECRET_NAME.test(name);
  return /\.experimental_bearer_token$|\.(?:http_headers|query_params|env)\./.test(key);
}

/** Variables that hold a key because the configuration says so, and any NAME_API_KEY. */
export function keyNames(config: Config, env: Env): string[] {
  const tables = [...Object.values(config.model_providers), ...Object.values(config.mcp_servers)];
  const headers = tables.flatMap(({ env_http_headers }) => Object.values(env_http_headers));
  const providers = Object.values(config.model_providers).map(({ env_key }) => env_key);
  const servers = Object.values(config.mcp_servers).map(({ bearer_token_env_var }) => bearer_token_env_var);
  const hosts = Object.values(config.credentials).map(({ env_key }) => env_key);
  const usual = Object.keys(env).filter((name) => KEY_VARIABLE.test(name));
  return [...new Set([...providers, ...servers, ...headers, ...hosts, ...usual])].filter((name) => name !== null);
}

/** What must not leave moat. `keys`: those that are moat's own, which no command gets either; `others`: what commands may have. */
interface KnownSecrets {
  keys: string[];
  others: string[];
}

/**
 * Every secret that the configuration knows: keys and tokens, what variables hold that it names, passwords in addresses, and
 * values of headers, parameters and servers' variables unless they surely are none.
 */
export function configSecrets(config: Config, env: Env): KnownSecrets {
  const providers = Object.values(config.model_providers);
  const servers = Object.values(config.mcp_servers);
  const keys = [
    ...providers.map(({ experimental_bearer_token }) => experimental_bearer_token ?? ""),
    ...keyNames(config, env).map((name) => env[name] ?? ""),
  ];
  const likely = [
    ...[...providers, ...servers].flatMap(({ http_headers }) => Object.entries(http_headers)),
    ...providers.flatMap(({ query_params }) => Object.entries(query_params)),
    ...servers.flatMap((server) => Object.entries(server.env)),
    ...servers.flatMap(({ env_vars }) => env_vars.map((name): [string, string] => [name, env[name] ?? ""])),
  ];
  const addresses = [config.openai_base_url, ...providers.map((one) => one.base_url), ...servers.map((one) => one.url)];
  const set = Object.entries(config.shell_environment_policy.set);
  return {
    keys: [
      ...keys.flatMap(partsOf),
      ...likely.flatMap(([name, value]) => secretValue(name, value)),
      ...addresses.flatMap((address) => addressSecrets(address ?? "")),
    ],
    others: [...set.flatMap(([name, value]) => (SECRET_NAME.test(name) ? value : [])), ...environmentSecrets(env)],
  };
}

/** The keys that `moat login` keeps in its file; none when there is no such file, or it is damaged. */
export function storedKeys(moat_home: string): string[] {
  const source = readText(join(moat_home, "auth.json"));
  const found = source.ok ? [...source.text.matchAll(/"key"\s*:\s*("(?:[^"\\]|\\.)*")/g)] : [];
  return found.flatMap(([, quoted = ""]) => {
    try {
      return [JSON.parse(quoted) as string];
    } catch {
      // Whoever needs the keys says that the file is damaged.
      return [];
    }
  });
}

/** What an environment holds without anybody saying so: keys by their names, and passwords in addresses (of proxies, say). */
function environmentSecrets(env: Env): string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => [
    ...(KEY_VARIABLE.test(name) ? partsOf(value) : []),
    // A password alone may be a word; with its name and its host it is none.
    ...(value.includes("@") ? userOf(value).map(({ pair, host }) => `${pair}@${host}`) : []),
  ]);
}

function secretValue(name: string, value: string): string[] {
  const address = addressSecrets(value);
  if (address.length > 0) return address;
  if (PUBLIC_NAME.test(name)) return [];
  // Text of several words is no token, but behind the name of a scheme.
  const parts = partsOf(value).filter((part) => !/\s/.test(part));
  return parts.filter((part) => SECRET_NAME.test(name) || !PUBLIC_VALUE.test(part));
}

/** A key with what stands in it: the credential behind the scheme of a header, and the password of a Basic one. */
function partsOf(value: string): string[] {
  const whole = value.trim();
  const [, scheme = "", credential] = whole.match(/^([A-Za-z][\w-]*)\s+(\S+)$/) ?? [];
  if (credential === undefined) return [whole];
  const pair = scheme.toLowerCase() === "basic" ? Buffer.from(credential, "base64").toString("utf8") : "";
  return [whole, credential, pair, pair.slice(pair.indexOf(":") + 1)];
}

/** Who an address names, with a password; for HTTP also alone, which is how tokens are given. */
function userOf(address: string): { pair: string; host: string }[] {
  const [, scheme = "", pair, host = ""] = address.match(/^([a-z][a-z0-9+.-]*):\/\/([^\s/?#]+)@([^\s/?#]*)/i) ?? [];
  return pair !== undefined && (pair.includes(":") || /^https?$/i.test(scheme)) ? [{ pair, host }] : [];
}

/** `user:password` of an address, the password, as they are written and as they are meant; and secret parameters. */
function addressSecrets(address: string): string[] {
  const users = userOf(address).flatMap(({ pair, host }) => {
    const password = pair.slice(pair.indexOf(":") + 1);
    // A password that is a word stands in other text, too; with its name it does not.
    return [pair, `${pair}@${host}`, ...(PUBLIC_VALUE.test(password) ? [] : [password])];
  });
  const params = URL.canParse(address) ? [...new URL(address).searchParams] : [];
  return [
    ...users,
    ...users.map(decoded),
    ...params.flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : [])),
  ];
}

/** The user in an address, whatever its scheme is and however many slashes there are: it is shown because it is no address. */
const USER = /([a-z][a-z0-9+.-]*:\/*)[^\s/?#@]*@/gi;
/** `name=` before a value in an address or a list, where the name says that it is one. */
const NAMED_SECRET =
  /([\w-]*(?:key|secret|token|password|passwd|credential|auth|cookie|sig)[\w-]*\s*[=:]\s*)[^\s&;,]+/gi;
/** Keys by the beginnings that their makers give them, and what is too long and too mixed for a name. */
const KEY_LIKE =
  /\b(?:sk|pk|rk|gh[opsur]|github_pat|glpat|xox[a-z]|AKIA|AIza|eyJ|hf|gsk)[-_]?[\w.-]{12,}|\b(?=\w*\d)(?=\w*[A-Za-z])\w{32,}/g;

/** Characters of a value that a message shows: to look for names of secrets takes a time that grows with the square of a long word. */
const SHOWN = 1000;

/** A value that cannot be used, for a message: no configuration knows its secrets, so what looks like one is taken out. */
export function masked(value: string): string {
  if (value.length > SHOWN) {
    // Not in the middle of a word, which may be a key.
    const begin = value.slice(0, SHOWN).replace(/[^\s&;,]+$/, "");
    return `${masked(begin)}… (${value.length} characters)`;
  }
  return value.replace(USER, "$1[key]@").replace(NAMED_SECRET, "$1[key]").replace(KEY_LIKE, "[key]");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded at all.
    return text;
  }
}
