import { dirname } from "node:path";
import { readText } from "./files.ts";
import { showKey } from "./key.ts";
import { readLayer } from "./layer.ts";
import { buildTable } from "./merge.ts";
import { type ConfigError, fileError } from "./problem.ts";
import { boolean, leaf, list, named, oneOf, type SchemaValue, section, text } from "./schema/type.ts";
import { parseToml } from "./toml/toml.ts";

/** Where an administrator puts the rules of a machine. Only root can write there. */
export const REQUIREMENTS_PATH = "/etc/moat/requirements.toml";

const SANDBOX_MODES = ["read-only", "workspace-write", "danger-full-access", "external"] as const;
const APPROVALS = ["untrusted", "on-request", "on-failure", "never", "granular"] as const;
const SEARCHES = ["disabled", "cached", "indexed", "live"] as const;

/** The keys of requirements.toml; the names that the peer has too mean the same. What is left out is not restricted. */
export const REQUIREMENTS = section("Rules of the administrator.", {
  allowed_sandbox_modes: leaf(list(oneOf(...SANDBOX_MODES), 1), {
    fallback: null,
    about: "The only values of sandbox_mode.",
  }),
  allowed_approval_policies: leaf(list(oneOf(...APPROVALS), 1), {
    fallback: null,
    about: "The only values of approval_policy.",
  }),
  allowed_web_search_modes: leaf(list(oneOf(...SEARCHES)), {
    fallback: null,
    about: "The only values of web_search; disabled is always allowed.",
  }),
  allow_network_access: leaf(boolean(), {
    fallback: true,
    about: "false: no command gets the network, whoever allows it; modes without confinement are not to be had.",
  }),
  allowed_model_providers: leaf(list(text(), 1), { fallback: null, about: "The only providers." }),
  allowed_hosts: leaf(list(text(), 1), {
    fallback: null,
    about: "The only hosts of providers and MCP servers; `*.example.org` is every host below it.",
  }),
  mcp_servers: named(
    "The only MCP servers, each by name and identity. An empty table forbids all.",
    section("One server.", {
      identity: section("What the server must be.", {
        command: leaf(text(), { fallback: null, about: "Its `command`." }),
        url: leaf(text(), { fallback: null, about: "Its `url`." }),
      }),
    }),
  ),
  allow_project_hooks: leaf(boolean(), {
    fallback: true,
    about: "false: hooks of projects are not run, trusted or not.",
  }),
});

/** The rules in force. `file`: where they are from; null when there is no such file and nothing is restricted. */
export type Requirements = SchemaValue<typeof REQUIREMENTS> & {
  readonly file: string | null;
  /** The file has an `mcp_servers` table, even an empty one. */
  readonly restricts_mcp: boolean;
};

/** Reads the administrator's file. A file that cannot be read or has any mistake is an error: moat fails closed. */
export async function readRequirements(
  file: string,
  home: string,
): Promise<{ ok: true; requirements: Requirements } | { ok: false; errors: ConfigError[] }> {
  const source = readText(file);
  if (!source.ok) {
    if (!source.absent) return { ok: false, errors: [refuse(source.error)] };
    return { ok: true, requirements: build([], null, false) };
  }
  const parsed = await parseToml(source.text, file);
  if (!parsed.ok) return { ok: false, errors: [refuse(parsed.error)] };
  const { entries, issues } = readLayer(parsed.table, { base: dirname(file), home }, REQUIREMENTS);
  if (issues.length > 0) {
    const { locate } = await import("./toml/spans.ts");
    const errors = issues.map(({ keys, message, expected, nearest }) => {
      const at = locate(source.text, keys, "key");
      return refuse(fileError(file, message, { key: showKey(keys), expected, nearest, ...at }));
    });
    return { ok: false, errors };
  }
  return { ok: true, requirements: build(entries, file, Object.hasOwn(parsed.table, "mcp_servers")) };
}

function build(entries: Parameters<typeof buildTable>[1], file: string | null, restricts_mcp: boolean): Requirements {
  return { ...(buildTable(REQUIREMENTS, entries) as SchemaValue<typeof REQUIREMENTS>), file, restricts_mcp };
}

function refuse(error: ConfigError): ConfigError {
  const message = `${error.message} These are the administrator's rules, so moat does not start until they are right; ask the administrator.`;
  return { ...error, message };
}

/** True when the rules let moat talk to this address. Something that is no address is not allowed where hosts are restricted. */
export function hostAllowed(requirements: Requirements, address: string): boolean {
  if (requirements.allowed_hosts === null) return true;
  if (!URL.canParse(address)) return false;
  const host = new URL(address).hostname.toLowerCase();
  return requirements.allowed_hosts.some((entry) => {
    const rule = entry.toLowerCase();
    return rule.startsWith("*.") ? host.endsWith(rule.slice(1)) : host === rule;
  });
}

/** True when the rules let this provider be asked at this address. */
export function providerAllowed(requirements: Requirements, id: string, address: string): boolean {
  const { allowed_model_providers } = requirements;
  return (allowed_model_providers?.includes(id) ?? true) && hostAllowed(requirements, address);
}
