import { readFileSync } from "node:fs";
import { resolve } from "node:path";
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
 * `moat execpolicy check [--rules F…] [--policy FILE] [--require-safe] -- CMD`: prints as JSON what rule files and the
 * built-in table say about a command. With --rules: `matchedRules` (the strictest first) and `decision`. With --policy: the
 * seed's `result` (safe, match, forbidden, unverified). Always: `judgement`, which needs no rules.
 */
export const run: CommandRun = async (invocation) => {
  const { host, flags } = invocation;
  const command = commandOf(invocation);
  if (command === null) return usage(host);
  const policy = await import("../../policy/index.ts");
  const rules = loadRules(listOf(flags.rules), host, policy);
  const programs = loadRules(listOf(flags.policy), host, policy);
  if (rules === null || programs === null) return 1;
  const judgement = policy.judgeCommand(command, { cwd: host.cwd, workspace: host.cwd });
  const parts = [
    ...(flags.rules === undefined ? [] : [byRules(policy, judgement, rules)]),
    ...(flags.policy === undefined ? [] : [byPrograms(policy, command, programs)]),
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

function byRules(policy: Policy, { segments }: Judgement, rules: Rules): Part {
  const { hits, decision } = policy.applyRules(segments, rules);
  const matchedRules = hits.map(({ rule, prefix, certain }) => ({
    prefixRuleMatch: {
      matchedPrefix: prefix,
      decision: rule.decision,
      ...(rule.justification === null ? {} : { justification: rule.justification }),
      ...(rule.place === null ? {} : { source: `${rule.place.file}:${rule.place.line}` }),
      ...(certain ? {} : { certain }),
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

/** The command stands behind `--`; without it, behind `check`. */
function commandOf({ args, rest }: Invocation): string[] | null {
  const [verb, ...words] = args;
  const command = rest.length > 0 ? rest : words;
  return verb === "check" && command.length > 0 ? command : null;
}

function usage(host: Host): number {
  host.stderr(
    "moat execpolicy: the command is missing\n  usage: moat execpolicy check [--rules FILE]… [--policy FILE] [--require-safe] -- COMMAND\n",
  );
  return 2;
}

/** Reads and merges rule files; null when one cannot be read or is wrong, which is then printed. */
function loadRules(names: string[], host: Host, policy: Policy): Rules | null {
  const files = names.map((name) => {
    const text = readText(resolve(host.cwd, name));
    const parsed = text.ok ? policy.parseRules(text.value, name) : null;
    if (!text.ok) host.stderr(`moat execpolicy: cannot read ${name}: ${text.error}\n`);
    else if (parsed?.ok === false) {
      host.stderr(
        `moat execpolicy: ${name} is not used:\n${parsed.errors.map((e) => `  ${policy.ruleErrorText(e)}\n`).join("")}`,
      );
    } else for (const note of parsed?.notes ?? []) host.stderr(`moat execpolicy: ${note}\n`);
    return parsed?.ok ? parsed.rules : null;
  });
  return files.includes(null) ? null : policy.mergeRules(files.filter((rules) => rules !== null));
}

function readText(path: string): { ok: true; value: string } | { ok: false; error: string } {
  try {
    return { ok: true, value: readFileSync(path, "utf8") };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}
