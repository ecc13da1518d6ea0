import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import { FAILED, span } from "../base/index.ts";
import {
  discoverAgents,
  discoverInstructions,
  discoverSkills,
  type InstructionPart,
  renderInstructions,
} from "../config/index.ts";
import { type BudgetLimits, Thread, withPlan } from "../core/index.ts";
import { pastEvents } from "../session/index.ts";
import { administratorRules, defaultSandbox, readConfig } from "./configuration.ts";
import { readConfigured } from "./configured-file.ts";
import type { Loaded, OpenHost, OpenOptions, OpenResult, Refusal } from "./contract.ts";
import { threadFacts } from "./facts.ts";
import { readLimits } from "./limits.ts";
import type { FoundServer } from "./local-servers.ts";
import { openCredentials } from "./offered/credentials.ts";
import { openOutside } from "./outside.ts";
import { findProvider } from "./provider.ts";
import { readRules } from "./rules.ts";
import { threadServices } from "./services.ts";
import { threadSettings } from "./settings.ts";
import { untoldNote, withinUntold } from "./untold.ts";
import { webSearch } from "./web-search.ts";
import { wideWorkspaceNotes } from "./wide-workspace.ts";
import { checkPlaces } from "./writable-places.ts";

const NO_RULES = { ok: true as const, rules: { prefix: [] }, notes: [] };

/** No limit at all. */
export const UNLIMITED: BudgetLimits = { tokens: null, cost: null, time_ms: null, turns: null, commands: null };

/** Reads configuration, rules and instructions, resolves the provider, and starts a thread. No process is started. */
export async function openThread(host: OpenHost, options: OpenOptions): Promise<OpenResult> {
  const opened = span("open thread");
  try {
    return await open(host, options);
  } finally {
    opened();
  }
}

async function open(host: OpenHost, options: OpenOptions): Promise<OpenResult> {
  const read = options.loaded ? { ok: true as const, ...options.loaded } : await readConfig(host, options);
  if (!read.ok) return read;
  const placed = await checkPlaces(read, host, options, defaultSandbox(read, options));
  if (!placed.ok) return placed;
  const { loaded } = placed;
  const rules = options.ignore_rules ? NO_RULES : await readRules(host.moat_home);
  if (!rules.ok) return { ok: false, message: rules.message, exit: FAILED };
  const outside = await openOutside(loaded, host, options);
  const found = span("provider");
  const resolved = await findProvider(loaded, host, options, outside);
  found();
  if (!resolved.ok) {
    const { message, reason } = resolved;
    // What was left out of the configuration may be why.
    const why = loaded.warnings.map((warning) => `\n  warning: ${warning}`).join("");
    const missing = reason === "no_key" || reason === "nothing_configured" ? { [reason]: true as const } : {};
    return { ok: false, message: `${message}${why}`, exit: FAILED, ...missing };
  }
  const { provider, model } = resolved;
  const limits = await readLimits(options.budget ?? UNLIMITED, loaded, model, host);
  if (!limits.ok) return limits;
  const looked = span("instructions");
  const documents = await readDocuments(loaded, host, options);
  looked();
  if (!documents.ok) return documents;
  const search = webSearch(loaded.config, provider);
  const configured = threadSettings(loaded.config, {
    cwd: options.cwd,
    model,
    provider,
    approval_policy: options.approval_policy ?? options.own_policy?.(loaded.config),
    free_patches: options.free_patches ?? false,
    output_schema: options.output_schema ?? null,
    env: host.env,
    rules: rules.rules,
    budget: limits.budget,
    web_search: search.web_search,
    add_dirs: options.add_dirs ?? [],
    default_sandbox: defaultSandbox(loaded, options),
    ...library(loaded, host),
    ...documents,
  });
  const wanted = withinUntold(configured, loaded, options);
  const { notes, ...allowed } = administratorRules(loaded).restrict(wanted);
  const planned = options.plan ?? options.resume?.stored.context?.after_plan !== undefined;
  const settings = withPlan({ ...wanted, ...allowed }, planned);
  const { catalog } = limits;
  const unkept = whyUnkept(host, options);
  const kept = unkept === null ? options : { ...options, ephemeral: true };
  const untold = untoldNote(options.resume?.stored ?? null);
  const places = { cwd: settings.cwd, writable_roots: settings.sandbox_workspace_write.writable_roots };
  const { thread_id, services } = threadServices(host, loaded, resolved, kept, places, catalog, outside);
  try {
    const credentials = await openCredentials(loaded, host, outside);
    if (credentials !== null) services.credentials = credentials;
    const wide = await wideWorkspaceNotes(settings, host);
    const warnings = [
      ...loaded.warnings,
      ...placed.notes,
      ...rules.notes,
      ...documents.warnings,
      ...(resolved.others ?? []).map(otherServer),
      ...search.warnings,
      ...notes,
      ...wide,
      ...[unkept, untold].filter((note) => note !== null),
    ];
    const resumed = options.resume?.stored ?? null;
    options.recorder?.begin({ moat_version: host.version, thread_id, settings, resumed, catalog, provider });
    const thread = new Thread({ thread_id, settings, services, resumed });
    // At once: a thread that goes on by itself does so in the next round.
    options.watch?.(thread);
    const facts = threadFacts(loaded, provider, documents.files);
    const past = options.resume ? pastEvents(options.resume.path) : [];
    return { ok: true, thread, config: loaded.config, keys: loaded.keys, facts, past, warnings, outside };
  } catch (error) {
    return { ok: false, message: (error as Error).message, exit: FAILED };
  }
}

/** The first one that was found answers; whoever meant another one is told how to say so. */
const otherServer = ({ id, name, base_url }: FoundServer) =>
  `${name} (${id}) at ${base_url} runs here, too: -c model_provider=${id} chooses it`;

/** Skills and kinds of agents, of the user and of a trusted project. */
function library({ trust, project }: Loaded, { moat_home, home }: OpenHost) {
  const root = trust.folder_trust === "trusted" ? project.root : null;
  const places = { moat_home, home, project: root };
  return { skills: discoverSkills(places), agents: discoverAgents(places) };
}

/**
 * Where nobody named a home and the usual one cannot be written (a build machine without one, a file system that is read-only),
 * the thread runs all the same and is not kept. null: it is.
 */
function whyUnkept(host: OpenHost, { ephemeral, resume }: OpenOptions): string | null {
  if (ephemeral || resume || host.env.MOAT_HOME) return null;
  try {
    mkdirSync(join(host.moat_home, "threads"), { recursive: true, mode: 0o700 });
    accessSync(host.moat_home, constants.W_OK);
    return null;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // Anything else is a mistake that can be mended, and is told when the thread is to be written.
    if (!["ENOENT", "EACCES", "EPERM", "EROFS"].includes(code)) return null;
    return `this thread is not kept: ${host.moat_home} cannot be written (${code}); set MOAT_HOME to a directory that can be`;
  }
}

interface Documents {
  ok: true;
  system_prompt: string | null;
  project_instructions: string | null;
  files: InstructionPart[];
  warnings: string[];
}

async function readDocuments(loaded: Loaded, host: OpenHost, options: OpenOptions): Promise<Documents | Refusal> {
  const { config, trust, project } = loaded;
  const { cwd, project_doc: extra = null } = options;
  const trusted = trust.folder_trust === "trusted";
  const found = discoverInstructions({ cwd, moat_home: host.moat_home, config, trusted, extra, project });
  const project_instructions = renderInstructions(found, cwd);
  const prompt = await readConfigured("model_instructions_file", config.model_instructions_file, loaded, host);
  if (!prompt.ok) return prompt;
  return { ok: true, system_prompt: prompt.text, project_instructions, files: found.parts, warnings: found.warnings };
}
