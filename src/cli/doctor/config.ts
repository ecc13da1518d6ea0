import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, showError } from "../../config/index.ts";
import { showConfig, showLine } from "../../config/show.ts";
import { checkPlaces, modelConfig, serversFor } from "../../open/door/looking.ts";
import type { FoundServer, Loaded } from "../../open/index.ts";
import type { Flags, Host } from "../contract.ts";
import { checksOf, type DoctorCheck } from "./check.ts";

/** The configuration as a thread here would have it, with what is wrong in it. */
export async function configChecks(
  host: Host,
  flags: Flags,
): Promise<{ checks: DoctorCheck[]; loaded: Loaded | null }> {
  const { ok, note, detail, problem } = checksOf("configuration");
  const result = await loadConfig({
    moat_home: host.moat_home,
    home: host.home,
    cwd: host.cwd,
    env: host.env,
    overrides: Array.isArray(flags.config) ? flags.config : [],
    profile: typeof flags.profile === "string" ? flags.profile : null,
    strict: false,
    ignore_user: false,
    trust: false,
    secrets: host.secrets,
  });
  if (!result.ok) {
    const checks = result.errors.map((error) =>
      problem("error", showError(error), "`moat config edit` opens your file"),
    );
    return { checks, loaded: null };
  }
  const placed = await checkPlaces(result, host, { cwd: host.cwd }, "workspace-write");
  const shown = showConfig(result.config, result.origins).filter(({ value }) => value !== null);
  const lines = shown.map((setting) => {
    const { layer, file } = setting.origin;
    const what = `${showLine(setting)}  (${file === null ? layer : `${layer}, ${file}`})`;
    return layer === "default" ? detail("default", what) : ok("set", what);
  });
  const checks = [
    ...(lines.some(({ status }) => status === "ok") ? [] : [ok("set", "nothing: every setting has its default")]),
    ...lines,
    ...result.warnings.map((warning) => note("warning", warning, "`moat config edit` opens your file")),
    ...(placed.ok
      ? placed.notes.map((told) => note("warning", told, "`moat config edit` opens your file"))
      : [problem("error", placed.message, "`moat config edit` opens your file")]),
    trustCheck(result),
  ];
  return { checks, loaded: result };
}

function trustCheck({ trust }: Loaded): DoctorCheck {
  const { ok, note } = checksOf("configuration");
  const files = trust.question()?.files ?? [];
  const state = `${trust.folder} is ${trust.folder_trust ?? "neither trusted nor refused"}`;
  if (files.length > 0)
    return note(
      "trust",
      `${state}; ${files.length} of its files are not used`,
      "`moat config trust add` shows them and asks",
    );
  return ok("trust", state);
}

/** The provider, its address, its model, and where its key comes from. Asks nobody, starts nothing, shows no key. */
export async function modelChecks(loaded: Loaded, host: Host): Promise<DoctorCheck[]> {
  const { config } = loaded;
  const { ok, problem, note } = checksOf("model");
  const { PROVIDERS, resolveProvider } = await import("../../model/index.ts");
  const saved = await savedKeys(host);
  const keys = Object.entries(PROVIDERS).flatMap(([id, { name, env_keys }]) => {
    const set = env_keys.filter((variable) => host.env[variable]);
    const place = saved.ids.get(id);
    const from = [...set, ...(place ? [`saved in the ${place}`] : [])];
    return from.length === 0 ? [] : [ok("key", `${name}: ${from.join(", ")}`)];
  });
  // A key that lies elsewhere is not fetched: that could start a program, or open a dialog.
  const placeholders = Object.fromEntries([...saved.ids.keys(), ...withProgram(config)].map((id) => [id, "elsewhere"]));
  const model_config = { ...withoutPrograms(modelConfig(config)), keys: placeholders };
  const resolved = await resolveProvider(model_config, host.env, { version: host.version, originator: "moat" });
  const files = certificateChecks(config.ca_file, host);
  const broken =
    saved.problem === null ? [] : [problem("keys", saved.problem, "`moat logout --all`, then `moat login`")];
  if (!resolved.ok) {
    const nothing = resolved.reason === "nothing_configured";
    const local = localChecks(await serversFor(resolved, config.model_provider, loaded, host), config.model);
    if (local.length > 0) return [...local, ...keys, ...broken, ...files];
    const what = nothing ? "no model is configured" : resolved.message;
    const remedy = nothing
      ? "`moat login`, set OPENAI_API_KEY, or start a model server on this machine (Ollama, LM Studio, llama.cpp)"
      : "`moat config edit`, or another provider with -c model_provider=…";
    return [problem("provider", what, remedy), ...keys, ...broken, ...files];
  }
  const { name, id, base_url, wire_api } = resolved.provider;
  return [
    ok("provider", `${name} (${id}) at ${withoutPassword(base_url)}, wire ${wire_api}`),
    ok("model", resolved.model),
    ...keys,
    ...withProgram(config).map((provider) =>
      ok("key", `${provider}: a program prints it (model_providers.${provider}.auth)`),
    ),
    ...broken,
    ...files,
    ...(base_url.startsWith("http://") && !/^http:\/\/(127\.|localhost|\[::1\])/.test(base_url)
      ? [
          note(
            "tls",
            `${withoutPassword(base_url)} is not encrypted: keys and code can be read on the way`,
            "use https",
          ),
        ]
      : []),
  ];
}

/** Model servers of this machine, which a thread finds too: the first is used where nothing, or no model, is configured. */
function localChecks([first, ...others]: FoundServer[], model: string | null): DoctorCheck[] {
  const { ok, note } = checksOf("model");
  if (first === undefined) return [];
  const named = ({ id, name, base_url }: FoundServer) => `${name} (${id}) at ${base_url}`;
  return [
    ok("provider", `${named(first)}, found on this machine: nothing else is configured`),
    ok("model", model ?? first.models[0] ?? ""),
    ...others.map((one) => note("provider", `${named(one)} runs here, too`, `-c model_provider=${one.id} chooses it`)),
  ];
}

/** Where keys are saved, by provider; none is read. */
async function savedKeys(host: Host): Promise<{ ids: Map<string, string>; problem: string | null }> {
  if (!existsSync(join(host.moat_home, "auth.json"))) return { ids: new Map(), problem: null };
  const { SavedKeyError, savedProviders } = await import("../../open/saved-keys.ts");
  try {
    return { ids: new Map(savedProviders(host.moat_home).map(({ id, place }) => [id, place])), problem: null };
  } catch (error) {
    if (!(error instanceof SavedKeyError)) throw error;
    return { ids: new Map(), problem: error.message };
  }
}

const withProgram = ({ model_providers }: Loaded["config"]) =>
  Object.entries(model_providers).flatMap(([id, { auth }]) => (auth.command === null ? [] : [id]));

function withoutPrograms(config: ReturnType<typeof modelConfig>): ReturnType<typeof modelConfig> {
  const providers = Object.entries(config.model_providers ?? {}).map(([id, { auth: _, ...rest }]) => [id, rest]);
  return { ...config, model_providers: Object.fromEntries(providers) };
}

/** Certificates that are named must be there: Bun passes over a file that is missing. */
function certificateChecks(ca_file: string | null, host: Host): DoctorCheck[] {
  const { ok, problem } = checksOf("model");
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE } = host.env;
  return Object.entries({ ca_file, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE }).flatMap(([name, path]) => {
    if (!path) return [];
    return existsSync(path)
      ? [ok("tls", `${name}: ${path}`)]
      : [problem("tls", `${name}: there is no file ${path}`, "correct the path, or unset it")];
  });
}

/** Variables of which moat takes notice, beside the keys (design: docs/config.md). */
const VARIABLES =
  /^(MOAT_\w+|CODEX_\w+|OPENAI_\w+|\w+_BASE_URL|(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|VISUAL|EDITOR|DEBUG|PRETTY_PRINT)$/;

/** The variables that took effect, without their secrets. */
export function environmentChecks(host: Host): DoctorCheck[] {
  const { ok, detail } = checksOf("environment");
  const set = Object.entries(host.env).filter(([name, value]) => VARIABLES.test(name) && value);
  const shown = set.map(([name, value = ""]) =>
    /KEY|TOKEN|SECRET/.test(name) ? ok(name, "set") : ok(name, withoutPassword(value)),
  );
  return shown.length > 0 ? shown : [detail("variables", "none that moat knows is set")];
}

function withoutPassword(value: string): string {
  if (!URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.username === "" && url.password === "") return value;
  url.username = "…";
  url.password = "";
  return url.href;
}
