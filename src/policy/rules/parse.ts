import { Arguments } from "./arguments.ts";
import { readDefineProgram } from "./define-program.ts";
import { readNetworkRule } from "./network-rule.ts";
import { readPrefixRule } from "./prefix-rule.ts";
import type { ProgramSpec } from "./program.ts";
import type { PrefixRule, RuleError } from "./rule.ts";
import type { Rules } from "./rules.ts";
import { readCalls } from "./starlark/read-calls.ts";
import type { Call } from "./starlark/value.ts";

/** A file's rules, with sentences about what is not applied; or everything that is wrong with it. */
export type ParsedRules = { ok: true; rules: Rules; notes: string[] } | { ok: false; errors: RuleError[] };

interface Loading {
  prefix: PrefixRule[];
  specs: ProgramSpec[];
  substrings: string[];
  regexes: { regex: RegExp; reason: string }[];
  hosts: Map<string, string[]>;
  network: string[];
  notes: string[];
  errors: RuleError[];
}

/**
 * Reads a rule file: today's `prefix_rule(…)` and `host_executable(…)`, and the seed's `define_program(…)`,
 * `forbid_substrings(…)` and `forbid_program_regex(…)`. Each rule is checked against its own examples; one that fails them
 * fails the file.
 * @param file its name, for places and messages
 */
export function parseRules(text: string, file: string): ParsedRules {
  const read = readCalls(text, file, { rules: Object.keys(FUNCTIONS), parts: ["flag", "opt"] });
  if (!read.ok) return { ok: false, errors: [read.error] };
  const into: Loading = {
    prefix: [],
    specs: [],
    substrings: [],
    regexes: [],
    hosts: new Map(),
    network: [],
    notes: [],
    errors: [],
  };
  for (const call of read.calls) into.errors.push(...(FUNCTIONS[call.name]?.(call, into) ?? []));
  if (into.errors.length > 0) return { ok: false, errors: into.errors };
  const programs = { specs: into.specs, forbidden_substrings: into.substrings, forbidden_programs: into.regexes };
  return {
    ok: true,
    rules: { prefix: into.prefix, programs, hosts: into.hosts, network: into.network },
    notes: into.notes,
  };
}

const FUNCTIONS: Record<string, (call: Call, into: Loading) => RuleError[]> = {
  prefix_rule(call, into) {
    const { rule, errors } = readPrefixRule(call);
    into.prefix.push(rule);
    return errors;
  },
  define_program(call, into) {
    const { spec, errors } = readDefineProgram(call);
    into.specs.push(spec);
    return errors;
  },
  host_executable(call, into) {
    const args = new Arguments(call, ["name", "paths"]);
    into.hosts.set(args.required("name"), args.strings("paths"));
    return args.errors;
  },
  forbid_substrings(call, into) {
    const args = new Arguments(call, ["strings"]);
    into.substrings.push(...args.strings("strings").filter((text) => text !== ""));
    return args.errors;
  },
  forbid_program_regex(call, into) {
    const args = new Arguments(call, ["regex", "reason"]);
    const regex = compile(args.required("regex"));
    const reason = args.required("reason");
    if (regex === null) args.fail(call.place, "`regex` is not a regular expression");
    else into.regexes.push({ regex, reason });
    return args.errors;
  },
  network_rule(call, into) {
    const { entries, note, errors } = readNetworkRule(call);
    into.network.push(...entries);
    if (note !== null) into.notes.push(note);
    return errors;
  },
};

function compile(source: string): RegExp | null {
  try {
    return new RegExp(source, "u");
  } catch {
    return null;
  }
}

/** `FILE:LINE:COLUMN: what is wrong`. */
export function ruleErrorText({ place, message }: RuleError): string {
  return `${place.file}:${place.line}:${place.column}: ${message}`;
}
