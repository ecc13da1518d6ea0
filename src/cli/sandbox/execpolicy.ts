import { resolve } from "node:path";
import { FAILED, readNamed } from "../../base/index.ts";
import type { CommandRun, Host, Invocation } from "../contract.ts";

/** Exit code of --require-safe for what is not safe; the seed's. */
const NOT_SAFE = 12;

type Policy = typeof import("../../policy/index.ts");
type Rules = ReturnType<Policy["mergeRules"]>;
type Judgement = ReturnType<Policy["judgeCommand"]>;

/** A part of the output, and whether it calls the command safe; null: it has no opinion. */
interface Part {
  fields: Record<string, unknown>;
  safe: boolean | null;
}

/**
 * `moat execpolicy check [-r F…] [--policy FILE] [--require-safe] CMD`: prints as JSON what rule files and the
 * built-in table say about a command. With --rules: `matchedRules` (the strictest first) and `decision`. With --policy: the
 * seed's `result` (safe, match, forbidden, unverified). Always: `judgement`, which needs no rules.
 */
export const run: CommandRun = async (invocation) => {
  const { host, flags } = invocation;
  const command = commandOf(invocation);
  if (command === null) return usage(host);
  const policy = await import("../../policy/index.ts");
  const rules = await loadRules(listOf(flags.rules), host, policy);
  const programs = await loadRules(listOf(flags.policy), host, policy);
  if (!rules.ok) return rules.exit;
  if (!programs.ok) return programs.exit;
  const judgement = policy.judgeCommand(command, { cwd: host.cwd, workspace: host.cwd });
  const parts = [
    ...(flags.rules === undefined
      ? []
      : [byRules(policy, judgement, rules.rules, flags["resolve-host-executables"] === true ? command[0] : "")]),
    ...(flags.policy === undefined ? [] : [byPrograms(policy, command, programs.rules)]),
    builtIn(judgement),
  ];
  const output = Object.assign({}, ...parts.map(({ fields }) => fields));
  host.json(output, flags.pretty === true ? 2 : undefined);
  const opinions = parts.slice(0, -1).flatMap(({ safe }) => safe ?? []);
  const safe = opinions.length > 0 ? opinions.every(Boolean) : judgement.verdict === "safe";
  return flags["require-safe"] === true && !safe ? NOT_SAFE : 0;
};

function listOf(value: Invocation["flags"][string]): string[] {
  return [value ?? []].flat().filter((name) => name !== true);
}

/**
 * @param path by which the command names its program, where it shall be told of; "": it shall not. Rules about the name hold for it in
 * any case: moat always resolves paths, those of allowing rules by `host_executable` or the directories of the system.
 */
function byRules(policy: Policy, { segments }: Judgement, rules: Rules, path = ""): Part {
  const { hits, decision } = policy.applyRules(segments, rules);
  const matchedRules = hits.map(({ rule, prefix, certain }) => ({
    prefixRuleMatch: {
      matchedPrefix: prefix,
      decision: rule.decision,
      ...(rule.justification === null ? {} : { justification: rule.justification }),
      ...(rule.place === null ? {} : { source: `${rule.place.file}:${rule.place.line}` }),
      ...(certain ? {} : { certain }),
      ...(path.endsWith(`/${prefix[0]}`) ? { resolvedProgram: path } : {}),
    },
  }));
  const fields = { matchedRules, ...(decision === null ? {} : { decision }) };
  return { fields, safe: decision === null ? null : decision === "allow" };
}

function byPrograms(policy: Policy, [program = "", ...args]: string[], rules: Rules): Part {
  const verdict = policy.judgeByPrograms(rules.programs, program, args);
  return { fields: { ...verdict }, safe: verdict.result === "safe" };
}

function builtIn({ verdict, reason, segments }: Judgement): Part {
  const list = segments.map((segment) => ({
    command: segment.command,
    verdict: segment.verdict,
    reason: segment.reason,
  }));
  return { fields: { judgement: { verdict, reason, segments: list } }, safe: null };
}

function commandOf({ args: [verb, ...more], rest }: Invocation): string[] | null {
  return verb === "check" && more.length === 0 && rest.length > 0 ? rest : null;
}

function usage(host: Host): number {
  host.stderr(
    "moat execpolicy: the command is missing\n  usage: moat execpolicy check [-r FILE]… [--policy FILE] [--require-safe] COMMAND\n",
  );
  return 2;
}

/** Bytes of a rule file that are read. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads and merges rule files. What is wrong with them is printed. */
async function loadRules(
  names: string[],
  host: Host,
  policy: Policy,
): Promise<{ ok: true; rules: Rules } | { ok: false; exit: number }> {
  const files: Parameters<Policy["mergeRules"]>[0][number][] = [];
  let exit = 0;
  for (const name of names) {
    const read = await readNamed(resolve(host.cwd, name), MAX_BYTES, host.signal);
    const parsed = read.ok ? policy.parseRules(read.bytes.toString("utf8"), name) : null;
    if (!read.ok) host.stderr(`moat execpolicy: cannot read ${name}: ${read.why}\n`);
    else if (parsed?.ok === false) {
      const errors = parsed.errors.map((error) => `  ${policy.ruleErrorText(error)}\n`).join("");
      host.stderr(`moat execpolicy: ${name} is not used:\n${errors}`);
    } else for (const note of parsed?.notes ?? []) host.stderr(`moat execpolicy: ${note}\n`);
    if (parsed?.ok) files.push(parsed.rules);
    else exit = read.ok ? FAILED : read.exit;
  }
  return exit === 0 ? { ok: true, rules: policy.mergeRules(files) } : { ok: false, exit };
}
