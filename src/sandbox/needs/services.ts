// Registries of packages and the program that runs containers: where settings say that they are.
import { dirname, join } from "node:path";
import type { CommandNeeds } from "../../protocol/index.ts";
import type { KnownCommand } from "./contract.ts";
import type { UserWorld } from "./outside.ts";

const NPM = "https://registry.npmjs.org/";
/** The index, and where what it lists is kept. */
const PYTHON = ["https://pypi.org/", "https://files.pythonhosted.org/"];
const DOCKER = "unix:///var/run/docker.sock";

const REGISTRY = /^\s*(@[^:\s]+:)?registry\s*=\s*["']?([^\s"']+)/gm;

/** The registries of `.npmrc` (npmrc(5)) and of the command, those of scopes too. */
export function npmNeeds({ directory, args }: KnownCommand, outside: UserWorld): CommandNeeds | null {
  const files = [join(outside.home, ".npmrc"), join(projectOf(directory, outside), ".npmrc")];
  const set = files.flatMap((file) => [...outside.text(file).matchAll(REGISTRY)]);
  const scoped = set.flatMap(([, scope, address = ""]) => (scope === undefined ? [] : [address]));
  const own = set.findLast(([, scope]) => scope === undefined)?.[2];
  const { npm_config_registry, NPM_CONFIG_REGISTRY } = outside.env;
  const named = optionValue(args, ["--registry"]) ?? npm_config_registry ?? NPM_CONFIG_REGISTRY ?? own ?? NPM;
  return hostsOf([...scoped, named]);
}

/** The directory of the nearest package, where npm looks for settings. */
function projectOf(directory: string, outside: UserWorld): string {
  for (let at = directory; dirname(at) !== at; at = dirname(at))
    if (outside.exists(join(at, "package.json"))) return at;
  return directory;
}

/** The indexes of pip's settings, environment and words. */
export function pythonNeeds({ args }: KnownCommand, outside: UserWorld): CommandNeeds | null {
  const { home, env } = outside;
  const files = ["/etc/pip.conf", join(home, ".pip", "pip.conf"), join(home, ".config", "pip", "pip.conf")];
  const text = files.map((file) => outside.text(file)).join("\n");
  const set = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, "m").exec(text)?.[1];
  const usual = optionValue(args, ["--index-url", "-i"]) ?? env.PIP_INDEX_URL ?? env.UV_INDEX_URL ?? set("index-url");
  const extra = optionValue(args, ["--extra-index-url"]) ?? env.PIP_EXTRA_INDEX_URL ?? set("extra-index-url");
  return hostsOf([...(usual === undefined ? PYTHON : [usual]), ...(extra === undefined ? [] : [extra])]);
}

/** The socket of docker's daemon; null where it is reached otherwise. */
export function containerNeeds(_: KnownCommand, outside: UserWorld): CommandNeeds | null {
  const [, path] = /^unix:\/\/(\/.+)$/.exec(outside.env.DOCKER_HOST ?? DOCKER) ?? [];
  const socket = path === undefined ? null : outside.socket(path);
  return socket === null ? null : { hosts: [], sockets: [socket], read: [] };
}

function optionValue(args: string[], names: string[]): string | undefined {
  const at = args.findIndex((word) => names.includes(word) || names.some((name) => word.startsWith(`${name}=`)));
  if (at < 0) return undefined;
  return args[at]?.includes("=") ? args[at]?.slice(args[at].indexOf("=") + 1) : args[at + 1];
}

function hostsOf(addresses: string[]): CommandNeeds | null {
  const hosts = addresses.map((address) => {
    const url = URL.parse(address);
    if (url === null || url.hostname === "") return null;
    return url.port === "" && url.protocol === "https:" ? url.hostname : `${url.hostname}:${url.port || 80}`;
  });
  if (hosts.includes(null)) return null;
  return { hosts: [...new Set(hosts.filter((host) => host !== null))], sockets: [], read: [] };
}
