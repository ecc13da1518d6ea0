import type { ModelInfo, ProviderSettings } from "../../model/index.ts";
import type { Flags, Host } from "../contract.ts";
import { findInsight } from "./insight.ts";
import { checkCertificate } from "./network-tls.ts";

/** One thing that was looked at on the way to the model. */
export interface NetworkCheck {
  name: "provider" | "proxy" | "endpoint" | "tls" | "clock" | "model";
  /** null: it could not be told, or does not matter here. */
  ok: boolean | null;
  /** What was found. One sentence, without secrets. */
  what: string;
  /** What to do about it; null where nothing has to be done. */
  remedy: string | null;
}

/** Difference of clocks from which certificates and hints go wrong, in ms: five minutes. */
const MOST_SKEW_MS = 300_000;
/** Longest time that the server may take to say anything, in ms. */
const TIMEOUT_MS = 15_000;

const check = (name: NetworkCheck["name"], ok: boolean | null, what: string, remedy: string | null = null) =>
  ({ name, ok, what, remedy }) satisfies NetworkCheck;

/**
 * Looks at the way to the model as a thread would go it: the provider that is configured, the proxy, whether the server
 * answers, its certificate, the clock, and what it says about the model. Asks for the list of models; spends no tokens.
 */
export async function checkNetwork(host: Host, flags: Flags): Promise<NetworkCheck[]> {
  const found = await findInsight(host, flags);
  if (!found.ok) return [check("provider", false, found.message, "`moat login`, or name a provider in config.toml")];
  const { provider } = found.resolved;
  const { directLoopback } = await import("../../model/index.ts");
  Object.assign(process.env, directLoopback(host.env));
  const proxy = proxyFor(provider.base_url, host.env);
  const answered = await reach(provider, host.signal);
  const tls = await checkCertificate(provider, proxy !== null, new Date(), host.signal);
  return [
    check("provider", true, `${provider.name} at ${provider.base_url}`),
    proxyCheck(proxy),
    endpointCheck(answered, proxy),
    ...(tls ? [{ name: "tls" as const, ...tls }] : []),
    clockCheck(answered),
    await modelCheck(provider, found.model, answered, host.signal),
  ];
}

type Answer = { ok: true; ms: number; date: string | null; at: number } | { ok: false; message: string };

/** Any answer will do: it shows that the way is open. */
async function reach(provider: ProviderSettings, signal: AbortSignal): Promise<Answer> {
  const { probeEndpoint } = await import("../../model/index.ts");
  const start = performance.now();
  const answer = await probeEndpoint(provider, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  const ms = Math.round(performance.now() - start);
  return answer.ok ? { ok: true, ms, date: answer.date, at: Date.now() } : { ok: false, message: answer.error.message };
}

/** The proxy that Bun's fetch takes for an address, without its password; null: none. */
function proxyFor(url: string, env: Host["env"]): string | null {
  const { hostname, protocol } = new URL(url);
  const value = (name: string) => env[name.toLowerCase()] || env[name];
  if (isLoopbackName(hostname) || isExcluded(hostname, value("NO_PROXY") ?? "")) return null;
  const proxy = value(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY") ?? value("ALL_PROXY");
  if (!proxy) return null;
  if (!URL.canParse(proxy)) return proxy;
  const shown = new URL(proxy);
  return shown.username || shown.password ? `${shown.protocol}//…@${shown.host}` : `${shown.protocol}//${shown.host}`;
}

const isLoopbackName = (name: string) => /^(localhost|127\.[\d.]+|\[::1\])$/.test(name);

function isExcluded(hostname: string, list: string): boolean {
  const entries = list.split(",").map((entry) => entry.trim().replace(/^\*?\./, ""));
  return entries.some(
    (entry) => entry === "*" || (entry !== "" && (hostname === entry || hostname.endsWith(`.${entry}`))),
  );
}

function proxyCheck(proxy: string | null): NetworkCheck {
  return proxy === null
    ? check("proxy", null, "no proxy stands in between")
    : check("proxy", true, `requests go through ${proxy} (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY)`);
}

function endpointCheck(answer: Answer, proxy: string | null): NetworkCheck {
  if (answer.ok) return check("endpoint", true, `the server answers within ${answer.ms} ms`);
  const way =
    proxy === null
      ? "or a proxy is needed here: set HTTPS_PROXY"
      : "or the proxy does not let it through: set NO_PROXY";
  return check("endpoint", false, answer.message, `check base_url and the network, ${way}`);
}

function clockCheck(answer: Answer): NetworkCheck {
  const server = answer.ok && answer.date ? Date.parse(answer.date) : Number.NaN;
  if (!answer.ok || Number.isNaN(server)) return check("clock", null, "the server did not say what time it is");
  const skew = answer.at - server;
  const seconds = Math.round(Math.abs(skew) / 1000);
  if (Math.abs(skew) <= MOST_SKEW_MS) return check("clock", true, `this clock and the server's differ by ${seconds} s`);
  const what = `this clock is ${seconds} s ${skew > 0 ? "ahead of" : "behind"} the server's`;
  return check("clock", false, what, "set the clock (timedatectl set-ntp true): certificates and limits depend on it");
}

async function modelCheck(
  provider: ProviderSettings,
  model: string | null,
  answer: Answer,
  signal: AbortSignal,
): Promise<NetworkCheck> {
  if (!answer.ok) return check("model", null, "the server could not be asked about the model");
  const { listModels } = await import("../../model/index.ts");
  const listed = await listModels(provider, Date.now(), signal);
  if (!listed.ok) {
    const { error } = listed;
    if (error.kind === "unauthorized")
      return check("model", false, error.message, "`moat login` saves another key; the environment wins over it");
    return check("model", null, `the list of models cannot be had: ${error.message}`);
  }
  return listedCheck(provider.name, model, listed.models);
}

function listedCheck(provider: string, model: string | null, models: ModelInfo[]): NetworkCheck {
  if (model === null) return check("model", false, "no model is named", "choose one of `moat models` with -m MODEL");
  if (models.some(({ id }) => id === model)) return check("model", true, `${provider} offers ${model}`);
  const what = `${model} is not among the ${models.length} models that ${provider} lists`;
  return check("model", models.length === 0 ? null : false, what, "`moat models` shows them; -m MODEL chooses one");
}
