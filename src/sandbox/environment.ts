import { join } from "node:path";
import { once, quoteWord } from "../base/index.ts";
import type { Network, SandboxReport } from "../protocol/index.ts";
import { proxyVariables } from "../proxy/index.ts";
import { CACHE_OPTIONS } from "./caches.ts";
import { withProxyCommand } from "./needs/ssh.ts";
import { absoluteEntries } from "./programs.ts";

/** `shell_environment_policy`, as in the Codex CLI. Patterns take `*` and `?` and ignore case. */
export interface ShellEnvironmentPolicy {
  inherit: "all" | "core" | "none";
  /** true: names that look like secrets are inherited too. */
  ignore_default_excludes: boolean;
  exclude: readonly string[];
  set: Readonly<Record<string, string>>;
  /** When not empty: of what was inherited or set, only names that match one of these are kept. */
  include_only: readonly string[];
}

/** What the environment of a command is made from. */
export interface EnvironmentInput {
  /** Directory that is put at the end of PATH; null or absent: none. */
  own_commands?: string | null;
  /** The environment that moat was started with. */
  env: Record<string, string | undefined>;
  policy: ShellEnvironmentPolicy;
  /** Names of all variables that hold a key of a model provider. */
  provider_key_names: string[];
  /** Whether a value holds a key of moat's own: a copy under another name is the same key. */
  holdsKey(value: string): boolean;
  thread_id: string | null;
  network: Network;
  tier: SandboxReport["tier"];
  /** `terminal`: a person watches, so colours and pagers stay as they are. Absent: plain output. */
  display?: "plain" | "terminal";
  /** A private directory for temporary files; null or absent: TMPDIR stays as it is. */
  tmpdir?: string | null;
  /** Where tools keep their caches (`cacheEnvironment`); `policy.set` wins over it. */
  caches?: Record<string, string>;
}

/** What `inherit = "core"` keeps: the Codex CLI's list. */
const CORE = ["HOME", "LOGNAME", "PATH", "SHELL", "USER", "USERNAME", "TMPDIR", "TEMP", "TMP"];

/** Names that look like secrets. The first three are the Codex CLI's; a password is none the less one. */
const SECRETS = ["*KEY*", "*SECRET*", "*TOKEN*", "*PASSWORD*", "*PASSWD*", "*CREDENTIAL*"];

/** git's settings in the environment stand or fall together: it does not start when a number says more than there are. */
const GIT_SETTING = /^GIT_CONFIG_(?:COUNT|KEY_\d+|VALUE_\d+)$/;

/** Settings of git that may hold a credential, as CI systems hand them on. */
const GIT_SECRET = /^(?:http\..*extraheader|credential\..*|url\..*)$/i;

/**
 * Never inherited: they would change what the launcher or every child loads (`LD_*`, `DYLD_*`, `NODE_OPTIONS`), turn a
 * child moat into a bare Bun (`BUN_*`), or name a descriptor that the child does not have (`NODE_CHANNEL_*`).
 */
const LOADERS = ["BUN_*", "NODE_OPTIONS", "NODE_CHANNEL_*", "LD_*", "DYLD_*"];

/** What an outer sandbox said about itself is not true of this one. */
const FACTS = ["MOAT_SANDBOX*", "CODEX_SANDBOX*"];

/** Plain output that nobody has to page through, in a language that both the model and `explainDenial` read. */
const PLAIN = {
  NO_COLOR: "1",
  TERM: "dumb",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GH_PAGER: "cat",
  LANG: "C.UTF-8",
  LC_CTYPE: "C.UTF-8",
  LC_ALL: "C.UTF-8",
};

/**
 * Without a network nothing comes of trying again, and npm waits 70 s for it. What a person set himself wins. pnpm reads npm's names until
 * version 11, its own from 12 on.
 */
const HASTY = {
  npm_config_fetch_retries: "0",
  pnpm_config_fetch_retries: "0",
  YARN_HTTP_RETRY: "0",
  PIP_RETRIES: "0",
  CARGO_NET_RETRY: "0",
};

/**
 * The environment of a command. Order: no patience without a network; inherited names, without keys of providers, loaders and secrets; plain output;
 * caches; `set`; `include_only`; and last what the sandbox says about itself, which nothing overrides.
 */
export function commandEnvironment(input: EnvironmentInput): Record<string, string> {
  const { policy } = input;
  const chosen = matcher(policy.include_only);
  const keep = (entries: Readonly<Record<string, string>>) =>
    policy.include_only.length === 0
      ? entries
      : Object.fromEntries(Object.entries(entries).filter(([name]) => chosen(name)));
  const own = keep(inherited(input));
  const result: Record<string, string> = {
    ...(input.network === "none" ? HASTY : {}),
    ...own,
    ...(input.display === "terminal" ? {} : PLAIN),
    ...(input.tmpdir ? { TMPDIR: input.tmpdir, TMP: input.tmpdir, TEMP: input.tmpdir } : {}),
    ...(isProxied(input) ? proxyVariables() : {}),
    ...cacheVariables(input, own),
    ...keep(policy.set),
    ...facts(input),
  };
  if (result.PATH !== undefined) result.PATH = absoluteEntries(result.PATH);
  if (input.own_commands) Object.assign(result, offering(input.own_commands, result.PATH));
  if (input.own_commands && isProxied(input)) Object.assign(result, throughProxy(input.own_commands, result));
  return result;
}

/** ssh knows no proxy: git starts it with a program that does. */
function throughProxy(directory: string, { GIT_SSH, GIT_SSH_COMMAND = "ssh" }: Record<string, string>) {
  const connector = `${quoteWord(join(directory, "moat-connect"))} %h %p`;
  const command = GIT_SSH === undefined ? withProxyCommand(GIT_SSH_COMMAND, connector) : null;
  return command === null ? {} : { GIT_SSH_COMMAND: command };
}

/** Names of inherited variables that a command did not get because of what they are called or hold; sorted. */
export function droppedNames(
  { env, policy }: Pick<EnvironmentInput, "env" | "policy">,
  given: Record<string, string>,
): string[] {
  const never = matcher([...LOADERS, ...FACTS]);
  const chosen = policy.inherit === "all" ? Object.keys(env) : [];
  return chosen.filter((name) => env[name] && given[name] === undefined && !never(name)).sort();
}

/**
 * The caches' variables. Options are added to the user's, and only in the tiers without a layer over the home directory: in it the tool has its usual
 * place, with what is there.
 */
function cacheVariables({ caches = {}, tier }: EnvironmentInput, own: Readonly<Record<string, string>>) {
  const layered = tier === "ns" || tier === "ns-only";
  const entries = Object.entries(caches).flatMap(([name, value]) => {
    if (!CACHE_OPTIONS.includes(name)) return [[name, value]];
    return layered ? [] : [[name, own[name] ? `${own[name]} ${value}` : value]];
  });
  return Object.fromEntries(entries);
}

/** Single hosts are open, through a proxy: in the tiers that can do that. */
function isProxied({ network, tier }: EnvironmentInput): boolean {
  return typeof network !== "string" && (tier === "ns" || tier === "ns-only");
}

/** Puts moat's own commands at the end of PATH; and, as the profile of a login shell sets PATH anew, before bash as functions. */
function offering(directory: string, path: string | undefined): Record<string, string> {
  const functions = ["apply_patch", "applypatch"].map((name) => [
    `BASH_FUNC_${name}%%`,
    `() { ${quoteWord(`${directory}/${name}`)} "$@"; }`,
  ]);
  return { PATH: path ? `${path}:${directory}` : directory, ...Object.fromEntries(functions) };
}

function inherited({ env, policy, provider_key_names, holdsKey }: EnvironmentInput): Record<string, string> {
  if (policy.inherit === "none") return {};
  const dropped = matcher([...provider_key_names, ...LOADERS, ...FACTS, ...policy.exclude]);
  const secret = policy.ignore_default_excludes ? () => false : looksSecret;
  const gitSettings = once(() => keepsGitSettings(env, policy, holdsKey));
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || dropped(name)) continue;
    if (GIT_SETTING.test(name) ? !gitSettings() : secret(name) || holdsKey(value)) continue;
    if (policy.inherit === "core" && !CORE.includes(name)) continue;
    result[name] = value;
  }
  return result;
}

/** What becomes of a variable that a login profile exports: it is kept, kept for the shell alone, or dropped. */
export type ProfileVariable = "keep" | "shell" | "drop";

/**
 * Judges what a login profile exports by what is dropped of moat's own environment: keys of providers, names that look like secrets,
 * what the policy excludes, and what the sandbox says about itself. What changes how programs are loaded is for the shell alone,
 * which sets it inside of the sandbox, as the profile would: the launcher does not get it.
 */
export function profileVariables(
  { policy, provider_key_names }: Pick<EnvironmentInput, "policy" | "provider_key_names">,
  holdsKey: (value: string) => boolean,
): (name: string, value: string) => ProfileVariable {
  const dropped = matcher([...provider_key_names, ...FACTS, ...policy.exclude]);
  const secret = policy.ignore_default_excludes ? () => false : looksSecret;
  const chosen = policy.include_only.length === 0 ? () => true : matcher(policy.include_only);
  const loads = matcher(LOADERS);
  return (name, value) => {
    if (dropped(name) || secret(name) || GIT_SETTING.test(name) || !chosen(name) || holdsKey(value)) return "drop";
    return loads(name) ? "shell" : "keep";
  };
}

/** All of git's settings are inherited or none: a key of ours in one of them, or a credential, keeps all away. */
function keepsGitSettings(
  env: Record<string, string | undefined>,
  { ignore_default_excludes }: ShellEnvironmentPolicy,
  holdsKey: (value: string) => boolean,
): boolean {
  const settings = Object.entries(env).filter(([name]) => GIT_SETTING.test(name));
  if (settings.some(([, value = ""]) => holdsKey(value))) return false;
  const credential = settings.some(
    ([name, value = ""]) => name.startsWith("GIT_CONFIG_KEY_") && GIT_SECRET.test(value),
  );
  return ignore_default_excludes || !credential;
}

/** What a tool or the model can read about its confinement; the `CODEX_*` names are those that scripts look for. */
function facts(input: EnvironmentInput): Record<string, string> {
  const { thread_id, tier } = input;
  const network = isProxied(input) ? "proxy" : input.network === "full" ? "full" : "none";
  return {
    CODEX_CI: "1",
    ...(thread_id === null ? {} : { CODEX_THREAD_ID: thread_id, MOAT_THREAD_ID: thread_id }),
    MOAT_SANDBOX: tier,
    MOAT_SANDBOX_NETWORK: network,
    ...(network === "none" ? { CODEX_SANDBOX_NETWORK_DISABLED: "1" } : {}),
    ...(tier === "seatbelt" ? { CODEX_SANDBOX: "seatbelt" } : {}),
  };
}

/** Expressions for lists of patterns: every command of a thread asks with the same ones. */
const EXPRESSIONS = new Map<string, RegExp>();

/** One test for several patterns. */
function matcher(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false;
  const key = patterns.join("\0");
  const expression = EXPRESSIONS.get(key) ?? expressionOf(patterns);
  EXPRESSIONS.set(key, expression);
  return (name) => expression.test(name);
}

function expressionOf(patterns: readonly string[]): RegExp {
  const expressions = patterns.map((pattern) => {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    return escaped.replaceAll("*", ".*").replaceAll("?", ".");
  });
  return new RegExp(`^(?:${expressions.join("|")})$`, "is");
}

const looksSecret = matcher(SECRETS);
