import { join } from "node:path";
import { once } from "../base/index.ts";
import { type EventSink, Thread, type ThreadServices, type ToolSet } from "../core/index.ts";
import type { KeySource, Resolution } from "../model/index.ts";
import type { ServerLimits } from "../protocol/index.ts";
import { EventLog, LOG_LEVELS, type LogLevel, RolloutWriter, rolloutPath } from "../session/index.ts";
import { checkpointService, forChild } from "./checkpoints.ts";
import { administratorRules } from "./configuration.ts";
import type { Loaded, OpenHost, OpenOptions, Outside, ThreadRecorder } from "./contract.ts";
import type { CatalogOverrides } from "./model-catalog.ts";
import { createNotifier } from "./notify.ts";
import { ownCommands } from "./offered/own-commands.ts";
import { appendRule } from "./rules.ts";
import { threadTools } from "./tool-servers.ts";

const NO_SINK: EventSink = { append: () => {}, sync: () => {}, close: () => {} };

/** The world of a thread: model, sandbox, files, clock. Nothing of it is opened before it is needed. */
export function threadServices(
  host: OpenHost,
  loaded: Loaded,
  resolved: Resolution & { ok: true },
  options: OpenOptions,
  kept: { cwd: string; writable_roots: readonly string[] },
  catalog: CatalogOverrides,
  outside: Outside | null,
): { thread_id: string; services: ThreadServices } {
  const thread_id = options.resume?.stored.thread_id ?? Bun.randomUUIDv7();
  const { recorder = null } = options;
  const { date } = host;
  const path = options.ephemeral ? null : (options.resume?.path ?? rolloutPath(host.moat_home, thread_id, date()));
  const read_bytes = options.resume?.stored.bytes ?? null;
  const checkpoints =
    path === null || loaded.config.undo === "off" ? null : checkpointService({ ...host, ...kept, thread_id });
  const sink = path === null ? NO_SINK : threadSink(host, path, read_bytes, date);
  const services: ThreadServices = {
    openModel: (known) => openModel(host, loaded, resolved, recorder, known),
    openChild({ settings, budget, hooks, checkpoints: shared }) {
      const child_id = Bun.randomUUIDv7();
      return new Thread({
        thread_id: child_id,
        settings,
        budget,
        resumed: null,
        // A tape has what the child's call came to.
        services: {
          ...services,
          openModel: (known) => openModel(host, loaded, resolved, null, known),
          hooks,
          // Servers of its own, which are confined as it is.
          tools: threadTools(host, loaded, settings.cwd, outside, false),
          tape: null,
          sink: null,
          transcript_path: null,
          checkpoints: checkpoints && shared && forChild({ ...checkpoints, open: shared }, child_id),
        },
      });
    },
    tape: recorder,
    tools: taped(threadTools(host, loaded, options.cwd, outside, true), recorder),
    modelInfo: modelInfos(catalog),
    openSandbox: async () => {
      const { openSandbox } = await import("../sandbox/index.ts");
      return openSandbox({ cache_dir: join(host.home, ".cache", "moat", "bin") });
    },
    secrets: host.secrets,
    keys: loaded.keys,
    key_files: loaded.key_files,
    hooks: hookService(outside),
    held: outside?.held ?? [],
    administrator: administratorRules(loaded),
    transcript_path: path,
    checkpoints,
    sink: notified(sink, host, loaded, outside, { thread_id, cwd: options.cwd }),
    saveRule: (rule) => appendRule(host.moat_home, rule),
    open_files: options.open_files ?? null,
    ownCommands: once(() => ownCommands(host.moat_home, host.program)),
    env: host.env,
    home: host.home,
    moat_home: host.moat_home,
    moat_version: host.version,
    date,
    now: () => performance.now(),
  };
  return { thread_id, services };
}

/** What servers offer is another thing at another time: a recording has it. */
function taped(tools: ToolSet, recorder: ThreadRecorder | null): ToolSet {
  if (recorder === null || tools.servers === undefined) return tools;
  return {
    ...tools,
    async specs(...model) {
      const specs = await tools.specs(...model);
      recorder.offered(specs);
      return specs;
    },
  };
}

/** What is known of models. It is asked for several times a round, and stays the same. */
function modelInfos(catalog: CatalogOverrides): ThreadServices["modelInfo"] {
  const known = new Map<string, ReturnType<ThreadServices["modelInfo"]>>();
  const look = async (model: string) => (await import("../model/index.ts")).modelInfo(model, catalog);
  return (model) => {
    const info = known.get(model) ?? look(model);
    known.set(model, info);
    return info;
  };
}

async function openModel(
  host: OpenHost,
  loaded: Loaded,
  resolved: Resolution & { ok: true },
  recorder: ThreadRecorder | null,
  known: ServerLimits | null,
) {
  const { createClient, directLoopback } = await import("../model/index.ts");
  const { hideProcess } = await import("../sandbox/hide.ts");
  if (host.secrets.known) hideProcess();
  // Bun reads these when it connects, and offers no other way around a proxy.
  host.setEnvironment(directLoopback(host.env));
  const taped = recorder ? { random: recorder.random, fetch: recorder.fetch } : { random: host.random };
  const now = () => host.date().getTime();
  return createClient(resolved.provider, { now, keys: learning(resolved.keys, host, loaded), ...taped }, known);
}

/** What a program gives as a key is one from then on. */
function learning(source: KeySource | null, { secrets }: OpenHost, { keys }: Loaded): KeySource | null {
  if (source === null) return null;
  return {
    async current() {
      const key = await source.current();
      for (const known of [secrets, keys]) known.learn([key]);
      return key;
    },
    refused: () => source.refused(),
  };
}

/** Hooks run outside the sandbox, as the user's own programs; they get the user's environment without provider keys. */
function hookService(outside: Outside | null): ThreadServices["hooks"] {
  if (outside === null || outside.hooks.length === 0) return null;
  const { hooks } = outside;
  const context = { ...outside.hook_context, now: () => performance.now() };
  return {
    async fire(input, signal) {
      const { fireHooks } = await import("../config/index.ts");
      return fireHooks(hooks, input, context, signal);
    },
  };
}

/** A sink that tells the `notify` program, too, where one is configured. */
function notified(
  sink: EventSink,
  host: OpenHost,
  { config }: Loaded,
  outside: Outside | null,
  turns: { thread_id: string; cwd: string },
): EventSink {
  if (config.notify === null || outside === null) return sink;
  const { stderr } = host;
  const notify = createNotifier(outside.command(config.notify), { ...turns, env: outside.env, stderr });
  return {
    append(event) {
      sink.append(event);
      notify(event);
    },
    sync: () => sink.sync(),
    close: () => sink.close(),
  };
}

/** Where a thread's events go: its rollout and the log. */
function threadSink(host: OpenHost, path: string, read_bytes: number | null, date: () => Date): EventSink {
  const rollout = new RolloutWriter(path, date, read_bytes);
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
function logLevel(host: OpenHost): LogLevel {
  return LOG_LEVELS.find((level) => level === host.env.MOAT_LOG) ?? "warn";
}
