import type { ProgramSpec } from "./program.ts";
import type { PrefixRule } from "./rule.ts";

/** What the seed's rule files hold. */
export interface ProgramRules {
  specs: readonly ProgramSpec[];
  /** No argument may contain one of these. */
  forbidden_substrings: readonly string[];
  /** No program may match one of these. */
  forbidden_programs: readonly { regex: RegExp; reason: string }[];
}

/** Every rule that was loaded. */
export interface Rules {
  prefix: readonly PrefixRule[];
  /** Rules in the seed's form; absent: there are none. */
  programs?: ProgramRules;
  /** `host_executable(…)`: the only paths under which a program is what its name says. Absent: system directories. */
  hosts?: ReadonlyMap<string, readonly string[]>;
  /** `network_rule(…)`: hosts that commands may reach, and with `!` those that stay closed. Absent: none. */
  network?: readonly string[];
}

/** No rules at all. */
export const NO_RULES: Rules = { prefix: [] };

/** All rules of several files together. */
export function mergeRules(files: readonly Rules[]): Required<Rules> {
  const programs = files.flatMap((rules) => rules.programs ?? []);
  return {
    prefix: files.flatMap((rules) => rules.prefix),
    programs: {
      specs: programs.flatMap((p) => p.specs),
      forbidden_substrings: programs.flatMap((p) => p.forbidden_substrings),
      forbidden_programs: programs.flatMap((p) => p.forbidden_programs),
    },
    network: files.flatMap((rules) => rules.network ?? []),
    hosts: new Map(files.flatMap((rules) => [...(rules.hosts ?? [])])),
  };
}
