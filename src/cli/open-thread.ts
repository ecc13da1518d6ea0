import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Config, discoverInstructions, loadConfig, renderInstructions, showError } from "../config/index.ts";
import { type EventSink, Thread, type ThreadServices } from "../core/index.ts";
import type { Resolution } from "../model/index.ts";
import type { ApprovalPolicy } from "../protocol/index.ts";
import {
  EventLog,
  LOG_LEVELS,
  type LogLevel,
  RolloutWriter,
  rolloutPath,
  type StoredThread,
} from "../session/index.ts";
import type { Flags, Host } from "./contract.ts";
import { appendRule, readRules } from "./rules.ts";
import { modelConfig, threadSettings } from "./settings.ts";

/** How a front end wants its thread. */
export interface OpenOptions {
  flags: Flags;
  /** Absolute. */
  cwd: string;
  /** Settings of the front end itself, as `-c` has them; the user's own `-c` wins. */
  overrides?: string[];
  /** The front end's own policy, whatever is configured. */
  approval_policy?: ApprovalPolicy;
  ignore_user_config?: boolean;
  /** Keep no rollout. */
  ephemeral?: boolean;
  /** The stored thread that goes on; null or absent: a new one. */
  resume?: { path: string; stored: StoredThread } | null;
  /** How long an outage may last, in ms; null: a person watches and can stop it. */
  give_up_after_ms?: number | null;
}

/** A thread that is ready for its first op, or why there is none, with the exit code that fits. */
export type OpenResult =
  | { ok: true; thread: Thread; warnings: string[] }
  | { ok: false; message: string; exit: number };

const USAGE = 2;
const FAILED = 1;

/** Reads configuration and instructions, resolves the provider, and starts a thread. No process, no network. */
export async function openThread(host: Host, options: OpenOptions): Promise<OpenResult> {
  const loaded = await readConfig(host, options);
  if (!loaded.ok) return loaded;
  const { config, warnings } = loaded;
  const resolved = await findProvider(config, host, options);
  const rules = await readRules(host.moat_home);
  if (!rules.ok) return { ok: false, message: rules.message, exit: FAILED };
  if (!resolved.ok) return { ok: false, message: resolved.message, exit: FAILED };
  const documents = readDocuments(config, host, options.cwd);
  if (!documents.ok) return documents;
  const { provider, model } = resolved;
  const { cwd, approval_policy } = options;
  const settings = threadSettings(config, {
    cwd,
    model,
    provider,
    approval_policy,
    env: host.env,
    rules: rules.rules,
    add_dirs: directories(options),
    ...documents,
  });
  const services = threadServices(host, resolved, options);
  try {
    const resumed = options.resume?.stored ?? null;
    const thread = new Thread({ thread_id: services.thread_id, settings, services: services.services, resumed });
    return { ok: true, thread, warnings: [...warnings, ...documents.warnings] };
  } catch (error) {
    return { ok: false, message: (error as Error).message, exit: FAILED };
  }
}

/**
 * The provider that is configured. When nothing is, and nobody said where to look, a server on one of the usual ports of
 * this machine will do.
 */
async function findProvider(config: Config, host: Host, options: OpenOptions): Promise<Resolution> {
  const { findLocalServer, resolveProvider } = await import("../model/index.ts");
  const identity = { version: host.version, originator: "moat" };
  const { give_up_after_ms } = options;
  const give_up = give_up_after_ms === undefined ? {} : { give_up_after_ms };
  const model_config = { ...modelConfig(config), ...give_up };
  const resolved = await resolveProvider(model_config, host.env, identity);
  if (resolved.ok || resolved.reason !== "nothing_configured") return resolved;
  const local = await findLocalServer(host.signal);
  if (local === null) return resolved;
  const found = { model_provider: local.id, model: config.model ?? local.models[0] ?? null };
  return resolveProvider({ ...model_config, ...found }, host.env, identity);
}

type ConfigRead = { ok: true; config: Config; warnings: string[] } | { ok: false; message: string; exit: number };

/** `--add-dir`, absolute; a directory that is not there is an error of the sandbox, with its name. */
function directories({ flags, cwd }: OpenOptions): string[] {
  const named = Array.isArray(flags["add-dir"]) ? flags["add-dir"] : [];
  return named.map((directory) => resolve(cwd, directory));
}

/** A thread goes on with what its last turn had, unless a flag says otherwise. */
function storedOverrides({ resume }: OpenOptions): string[] {
  const context = resume?.stored.context;
  if (!context) return [];
  const { model, model_provider, sandbox_mode, approval_policy, effort } = context;
  const pairs = { model, model_provider, sandbox_mode, approval_policy, model_reasoning_effort: effort };
  return Object.entries(pairs).flatMap(([key, value]) => (value === null ? [] : [`${key}=${JSON.stringify(value)}`]));
}

/** Flags are `-c` in other words; the last of a key wins. */
function flagOverrides(flags: Flags): string[] {
  const set = (key: string, value: Flags[string]) =>
    typeof value === "string" ? [`${key}=${JSON.stringify(value)}`] : [];
  const given = Array.isArray(flags.config) ? flags.config : [];
  return [...given, ...set("model", flags.model), ...set("sandbox_mode", flags.sandbox)];
}

async function readConfig(host: Host, options: OpenOptions): Promise<ConfigRead> {
  const { flags } = options;
  const result = await loadConfig({
    moat_home: host.moat_home,
    home: host.home,
    cwd: options.cwd,
    env: host.env,
    overrides: [...(options.overrides ?? []), ...storedOverrides(options), ...flagOverrides(flags)],
    profile: typeof flags.profile === "string" ? flags.profile : null,
    strict: flags["strict-config"] === true,
    ignore_user: options.ignore_user_config ?? false,
    trust: false,
  });
  if (result.ok) return { ok: true, config: result.config, warnings: result.warnings };
  const message = result.errors.map(showError).join("\nmoat: ");
  return { ok: false, message, exit: result.errors.every(({ file }) => file === null) ? USAGE : FAILED };
}

interface Documents {
  ok: true;
  system_prompt: string | null;
  project_instructions: string | null;
  warnings: string[];
}

function readDocuments(
  config: Config,
  host: Host,
  cwd: string,
): Documents | { ok: false; message: string; exit: number } {
  const found = discoverInstructions({ cwd, moat_home: host.moat_home, config, trusted: false, extra_file: null });
  const project_instructions = renderInstructions(found, cwd);
  const file = config.model_instructions_file;
  try {
    const system_prompt = file === null ? null : readFileSync(file, "utf8");
    return { ok: true, system_prompt, project_instructions, warnings: found.warnings };
  } catch (error) {
    return { ok: false, message: `model_instructions_file: ${(error as Error).message}`, exit: FAILED };
  }
}

function threadServices(host: Host, resolved: Resolution & { ok: true }, options: OpenOptions) {
  const thread_id = options.resume?.stored.thread_id ?? Bun.randomUUIDv7();
  const date = () => new Date();
  const services: ThreadServices = {
    openModel: async () => {
      const { createClient, directLoopback } = await import("../model/index.ts");
      // Bun reads these when it connects, and offers no other way around a proxy.
      Object.assign(process.env, directLoopback(host.env));
      return createClient(resolved.provider, { now: Date.now, random: Math.random, keys: resolved.keys });
    },
    openSandbox: async () => {
      const { openSandbox } = await import("../sandbox/index.ts");
      return openSandbox({ cache_dir: join(host.home, ".cache", "moat", "bin") });
    },
    sink: threadSink(host, thread_id, date, options),
    saveRule: (rule) => appendRule(host.moat_home, rule),
    env: host.env,
    home: host.home,
    moat_home: host.moat_home,
    moat_version: host.version,
    date,
    now: () => performance.now(),
  };
  return { thread_id, services };
}

/** Where a thread's events go: its rollout, unless it is ephemeral, and the log. */
function threadSink(host: Host, thread_id: string, date: () => Date, options: OpenOptions): EventSink {
  if (options.ephemeral) return { append: () => {}, sync: () => {}, close: () => {} };
  const rollout = new RolloutWriter(options.resume?.path ?? rolloutPath(host.moat_home, thread_id, date()), date);
  const log = new EventLog(join(host.moat_home, "log", "moat.log"), logLevel(host), date);
  return {
    append(event) {
      rollout.append(event);
      log.append(event);
    },
    sync: () => rollout.sync(),
    close: () => rollout.close(),
  };
}

/** MOAT_LOG, or warnings and errors. */
function logLevel(host: Host): LogLevel {
  return LOG_LEVELS.find((level) => level === host.env.MOAT_LOG) ?? "warn";
}
