import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Flags, Host } from "../cli/contract.ts";
import { type ModeSettings, readModeFlags } from "../cli/mode-flags.ts";
import type { Recorder } from "../cli/replay/recorder.ts";
import {
  type Config,
  discoverInstructions,
  type InstructionPart,
  renderInstructions,
  type TrustQuestion,
} from "../config/index.ts";
import { Thread } from "../core/index.ts";
import type { ApprovalPolicy, JsonSchema } from "../protocol/index.ts";
import type { StoredThread } from "../session/index.ts";
import { administratorRules, defaultSandbox, type Loaded, readConfig } from "./configuration.ts";
import { type ThreadFacts, threadFacts } from "./facts.ts";
import { readLimits } from "./limits.ts";
import { findProvider } from "./provider.ts";
import { readRules } from "./rules.ts";
import { threadServices } from "./services.ts";
import { threadSettings } from "./settings.ts";
import { webSearch } from "./web-search.ts";
import { wideWorkspaceNotes } from "./wide-workspace.ts";

/** How a front end wants its thread. */
export interface OpenOptions {
  flags: Flags;
  /** Absolute. */
  cwd: string;
  /** Settings of the front end itself, as `-c` has them; the user's own `-c` wins. */
  overrides?: string[];
  /** A person is there and can be asked. */
  attended?: boolean;
  /** The front end's own policy (undefined: the configured one); a flag that names one wins. */
  approval_policy?: (config: Config) => ApprovalPolicy | undefined;
  /** Schema that the final answer must follow. */
  output_schema?: JsonSchema | null;
  ignore_user_config?: boolean;
  /** `review_model` answers, where one is configured. */
  review?: boolean;
  /** Leave rule files out. */
  ignore_rules?: boolean;
  /**
   * Asks the person about the project and remembers the answer, as `askTrust` does; called at most once, before the thread
   * starts. Absent: nobody can be asked, and what is not trusted is not used.
   */
  askTrust?: (question: TrustQuestion) => Promise<void>;
  /** Keep no rollout. */
  ephemeral?: boolean;
  /** The stored thread that goes on; null or absent: a new one. */
  resume?: { path: string; stored: StoredThread } | null;
  /** How long an outage may last, in ms; null: a person watches and can stop it. */
  give_up_after_ms?: number | null;
}

/** A thread that is ready for its first op, or why there is none, with the exit code that fits. */
export type OpenResult =
  | { ok: true; thread: Thread; config: Config; facts: ThreadFacts; warnings: string[] }
  | { ok: false; message: string; exit: number };

const FAILED = 1;
const USAGE = 2;
const NO_RULES = { ok: true as const, rules: { prefix: [] }, notes: [] };

/** Reads configuration, rules and instructions, resolves the provider, and starts a thread. No process is started. */
export async function openThread(host: Host, options: OpenOptions): Promise<OpenResult> {
  const flags = readModeFlags(options.flags, {
    cwd: options.cwd,
    attended: options.attended === true,
    disable_project_doc: isSet(host.env.CODEX_DISABLE_PROJECT_DOC),
  });
  if (!flags.ok) return { ok: false, message: flags.message, exit: USAGE };
  const { mode } = flags;
  const loaded = await readConfig(host, options, mode);
  if (!loaded.ok) return loaded;
  const rules = options.ignore_rules ? NO_RULES : await readRules(host.moat_home);
  if (!rules.ok) return { ok: false, message: rules.message, exit: FAILED };
  const resolved = await findProvider(loaded, host, options, mode);
  if (!resolved.ok) return { ok: false, message: resolved.message, exit: FAILED };
  const limits = await readLimits(options.flags, loaded, resolved.model);
  if (!limits.ok) return limits;
  const documents = readDocuments(loaded, host, options.cwd, mode);
  if (!documents.ok) return documents;
  const search = webSearch(loaded.config, resolved.provider);
  const wanted = threadSettings(loaded.config, {
    cwd: options.cwd,
    model: resolved.model,
    provider: resolved.provider,
    approval_policy: mode.approval_policy ?? options.approval_policy?.(loaded.config),
    free_patches: mode.free_patches,
    output_schema: options.output_schema ?? null,
    env: host.env,
    rules: rules.rules,
    budget: limits.budget,
    web_search: search.web_search,
    add_dirs: mode.add_dirs,
    default_sandbox: defaultSandbox(loaded, options),
    ...documents,
  });
  const { notes, ...allowed } = administratorRules(loaded).restrict(wanted);
  const opened = await openRecorder(options.flags.record, host);
  if (!opened.ok) return opened;
  const { catalog } = limits;
  const { thread_id, services } = threadServices(host, loaded, resolved, options, catalog, opened.recorder);
  try {
    const wide = await wideWorkspaceNotes({ ...wanted, ...allowed }, host);
    const warnings = [...loaded.warnings, ...rules.notes, ...documents.warnings, ...search.warnings, ...notes, ...wide];
    const resumed = options.resume?.stored ?? null;
    const settings = { ...wanted, ...allowed };
    const { provider } = resolved;
    opened.recorder?.begin({ moat_version: host.version, thread_id, settings, resumed, catalog, provider });
    const thread = new Thread({ thread_id, settings, services, resumed });
    const facts = threadFacts(loaded, provider, documents.files);
    return { ok: true, thread, config: loaded.config, facts, warnings };
  } catch (error) {
    return { ok: false, message: (error as Error).message, exit: FAILED };
  }
}

type RecorderOpened = { ok: true; recorder: Recorder | null } | { ok: false; message: string; exit: number };

async function openRecorder(path: Flags[string], host: Host): Promise<RecorderOpened> {
  if (typeof path !== "string") return { ok: true, recorder: null };
  const { Recorder } = await import("../cli/replay/recorder.ts");
  try {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    return { ok: true, recorder: new Recorder(resolve(host.cwd, path), seed, Date.now) };
  } catch (error) {
    return { ok: false, message: `--record: ${(error as Error).message}`, exit: FAILED };
  }
}

/** A switch of the TypeScript CLI: set to anything but nothing or 0. */
const isSet = (value: string | undefined) => value !== undefined && value !== "" && value !== "0";

interface Documents {
  ok: true;
  system_prompt: string | null;
  project_instructions: string | null;
  files: InstructionPart[];
  warnings: string[];
}

function readDocuments(
  { config, trust, project }: Loaded,
  host: Host,
  cwd: string,
  mode: ModeSettings,
): Documents | { ok: false; message: string; exit: number } {
  const trusted = trust.folder_trust === "trusted";
  const extra_file = mode.project_doc;
  const found = discoverInstructions({ cwd, moat_home: host.moat_home, config, trusted, extra_file, project });
  const project_instructions = renderInstructions(found, cwd);
  const file = config.model_instructions_file;
  try {
    const system_prompt = file === null ? null : readFileSync(file, "utf8");
    return { ok: true, system_prompt, project_instructions, files: found.parts, warnings: found.warnings };
  } catch (error) {
    return { ok: false, message: `model_instructions_file: ${(error as Error).message}`, exit: FAILED };
  }
}
