import { MEMORY_FORM, parseMemory } from "../../base/index.ts";
import { hostsOf, type Network, type SandboxMode } from "../../protocol/index.ts";
import { hostProblem } from "../../proxy/index.ts";
import type { Flags } from "../contract.ts";

/** What `moat sandbox` was asked for. null: as configured. */
export interface SandboxOptions {
  mode: SandboxMode | null;
  cd: string | null;
  write: string[];
  protect: string[];
  hide: string[];
  net: Network | null;
  unix: "none" | "masked" | "allow" | null;
  git: boolean;
  /** Bytes; "off": no limit, also where one is configured. */
  memory: number | "off" | null;
  require: string[];
  json: boolean;
  overrides: string[];
  command: string[];
}

export type OptionsResult = { ok: true; options: SandboxOptions } | { ok: false; message: string };

const MODE_FLAGS: [string, SandboxMode][] = [
  ["read-only", "read-only"],
  ["workspace-write", "workspace-write"],
  ["full-access", "danger-full-access"],
];
const MODES: SandboxMode[] = ["read-only", "workspace-write", "danger-full-access", "external"];

/** Reads the flags of `moat sandbox`; what follows `--` is the command. */
export function sandboxOptions(args: string[], rest: string[], flags: Flags): OptionsResult {
  const fail = (message: string): OptionsResult => ({ ok: false, message });
  if (args.length > 0) return fail(`write -- before the command: moat sandbox -- ${args.join(" ")}`);
  if (rest.length === 0) return fail("there is no command: moat sandbox [FLAGS] -- COMMAND");
  const modes = MODE_FLAGS.filter(([name]) => flags[name] === true).map(([, mode]) => mode);
  if (flags.sandbox !== undefined) {
    const named = MODES.find((mode) => mode === flags.sandbox);
    if (!named) return fail(`--sandbox ${flags.sandbox}: use ${MODES.join(", ")}`);
    modes.push(named);
  }
  if (new Set(modes).size > 1) return fail(`choose one of ${modes.join(", ")}`);
  const net = network(flags.net);
  if (net === undefined) return fail(`--net ${flags.net}: use none, full or proxy:HOST,…`);
  const problem = hostsOf(net ?? "none")
    .map(hostProblem)
    .find((found) => found !== null);
  if (problem) return fail(`--net: ${problem}`);
  const unix = choice(flags.unix, ["none", "masked", "allow"] as const);
  if (unix === undefined) return fail(`--unix ${flags.unix}: use none, masked or allow`);
  const memory = memoryFlag(flags["memory-limit"]);
  if (memory === undefined) return fail(`--memory-limit ${flags["memory-limit"]}: use ${MEMORY_FORM}, or off`);
  return {
    ok: true,
    options: {
      memory,
      mode: modes[0] ?? null,
      cd: typeof flags.cd === "string" ? flags.cd : null,
      write: [...list(flags.write), ...list(flags["add-dir"])],
      protect: list(flags.protect),
      hide: list(flags.hide),
      net,
      unix,
      git: flags.git === true,
      require: list(flags.require).flatMap((names) => names.split(",").filter((name) => name !== "")),
      json: flags.json === true,
      overrides: list(flags.config),
      command: rest,
    },
  };
}

/** As `choice`, for a size. */
function memoryFlag(given: Flags[string]): number | "off" | null | undefined {
  if (typeof given !== "string") return null;
  return given === "off" ? "off" : (parseMemory(given) ?? undefined);
}

/** `proxy:` and hosts. */
function network(given: Flags[string]): Network | null | undefined {
  const named = typeof given === "string" && given.startsWith("proxy:") ? given.slice("proxy:".length).split(",") : [];
  const hosts = named.filter((host) => host !== "");
  return hosts.length > 0 ? { hosts } : choice(given, ["none", "full"] as const);
}

/** One of the allowed values, null when it was not given, undefined when it is none of them. */
function choice<Value extends string>(given: Flags[string], allowed: readonly Value[]): Value | null | undefined {
  return given === undefined ? null : allowed.find((value) => value === given);
}

function list(given: Flags[string]): string[] {
  if (Array.isArray(given)) return given;
  return typeof given === "string" ? [given] : [];
}
