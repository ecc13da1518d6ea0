import { Arguments } from "./arguments.ts";
import type { RuleError } from "./rule.ts";
import type { Call } from "./starlark/value.ts";

/** Which ports of a host a protocol of the Codex CLI's rules means; its names for CONNECT are https. */
const PORTS: Record<string, readonly number[]> = {
  http: [80],
  https: [443],
  https_connect: [443],
  "http-connect": [443],
  socks5_tcp: [22, 80, 443],
  socks5_udp: [],
};
const DECISIONS = ["allow", "prompt", "forbidden", "deny"];
/** One host, perhaps with a port: neither a pattern nor an address of a page. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@*:[\]!]+)(?::\d{1,5})?$/;

/**
 * Reads `network_rule(host, protocol, decision)` as entries of a list of hosts: those that are opened, and with `!` those that stay closed
 * whatever else opens them. `prompt` is what holds without a rule.
 */
export function readNetworkRule(call: Call): { entries: string[]; note: string | null; errors: RuleError[] } {
  const args = new Arguments(call, ["host", "protocol", "decision", "justification"]);
  const [host, protocol] = [args.required("host"), args.required("protocol")];
  const decision = args.required("decision");
  args.string("justification");
  if (host !== "" && !HOST.test(host))
    args.fail(call.place, "`host` must be one host, without a scheme, a path or a `*`");
  const ports = PORTS[protocol];
  if (protocol !== "" && ports === undefined)
    args.fail(call.place, "`protocol` must be one of http, https, socks5_tcp, socks5_udp");
  if (decision !== "" && !DECISIONS.includes(decision))
    args.fail(call.place, "`decision` must be one of allow, prompt, forbidden");
  const where = `${call.place.file}:${call.place.line}`;
  const note = ports?.length === 0 ? `${where}: network_rule is not applied: no UDP leaves the sandbox by name` : null;
  if (args.errors.length > 0 || decision === "prompt") return { entries: [], note, errors: args.errors };
  const mark = decision === "allow" ? "" : "!";
  const named = /:\d+$/.test(host) && !/^\[[^\]]*\]$/.test(host);
  const targets = named ? [host] : (ports ?? []).map((port) => `${host}:${port}`);
  return { entries: targets.map((target) => `${mark}${target.toLowerCase()}`), note, errors: [] };
}
