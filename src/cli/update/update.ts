import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { FAILED, USAGE } from "../../base/index.ts";
import { readConfig } from "../../open/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { ownerOf } from "./owner.ts";
import { fetchProgram, findSource, latestVersion, versionNumber } from "./release.ts";
import { replaceProgram } from "./replace.ts";
import type { Source } from "./source.ts";

const UNCHANGED = "nothing was changed";

/** `moat update [--check|--version V]`: only when somebody types it. */
export const run: CommandRun = async ({ flags, host }) => {
  const named = typeof flags.version === "string" ? versionNumber(flags.version) : null;
  if (typeof flags.version === "string" && named === null)
    return fail(host, `--version ${flags.version}: a version looks like 1.2.3`, USAGE);
  if (flags.check && named !== null) return fail(host, "--check looks for the latest; leave --version out", USAGE);
  const loaded = await readConfig(host, { cwd: host.cwd });
  if (!loaded.ok) return fail(host, loaded.message, loaded.exit);
  host.setEnvironment((await import("../../model/index.ts")).directLoopback(host.env));
  const found = findSource(typeof flags["base-url"] === "string" ? flags["base-url"] : null, host, loaded);
  if (!found.ok) return fail(host, found.message);
  return flags.check ? check(found.source, host) : update(found.source, named, host);
};

async function check(source: Source, host: Host): Promise<number> {
  const latest = await latestVersion(source);
  if (!latest.ok) return fail(host, latest.message);
  const newer = Bun.semver.order(latest.version, host.version) > 0;
  host.stdout(
    newer
      ? `moat ${latest.version} is there; this is ${host.version}. \`moat update\` installs it.\n`
      : `moat ${host.version} is the latest (${source.base} has ${latest.version}).\n`,
  );
  return 0;
}

async function update(source: Source, named: string | null, host: Host): Promise<number> {
  const program = realpathSync(host.program);
  const refusal = whyNot(program);
  if (refusal !== null) return fail(host, `${refusal}; ${UNCHANGED}`, FAILED);
  const latest = named === null ? await latestVersion(source) : { ok: true as const, version: named };
  if (!latest.ok) return fail(host, `${latest.message}; ${UNCHANGED}`);
  const { version } = latest;
  if (named === null && Bun.semver.order(version, host.version) <= 0) {
    host.stdout(`moat ${host.version} is the latest.\n`);
    return 0;
  }
  host.stderr(`moat: downloading ${version} from ${source.base}\n`);
  const fetched = await fetchProgram(source, version);
  if (!fetched.ok) return fail(host, `${fetched.message}; ${UNCHANGED}`);
  const replaced = replaceProgram(program, fetched.bytes, `moat ${version}`, host.date().getTime());
  if (!replaced.ok) return fail(host, `${replaced.message}; ${UNCHANGED}`);
  host.stdout(`moat ${host.version} → ${version} (${program}). Running moats go on as they are.\n`);
  return 0;
}

/** Why this program must not be replaced; null: it may. */
function whyNot(program: string): string | null {
  if (!/^moat(\.exe)?$/.test(basename(program))) return `${program} is not an installed moat: it runs from source`;
  const owner = ownerOf(program);
  return owner === null
    ? null
    : `${program} belongs to ${owner.name}, which would not know of it. Use: ${owner.command}`;
}
