import type { ApprovalChoice, Effect } from "../protocol/index.ts";
import type { Permit } from "./permit.ts";
import { type PastCommand, pastMatches } from "./propose.ts";
import { printRule } from "./rules/print.ts";

/** The answers that make sense, the narrowest yes first; each label says what it does. */
export function choicesFor(
  effect: Effect,
  permit: Permit,
  prefix: string[] | null,
  { past, workspace }: { past?: readonly PastCommand[]; workspace: string },
): ApprovalChoice[] {
  const choices: ApprovalChoice[] = [
    { decision: "approved", label: `Yes, once${confinement(effect, permit)}` },
    { decision: "session", label: sessionLabel(effect) },
  ];
  if (prefix !== null && canBecomeRule(permit)) {
    choices.push({
      decision: "always",
      label: `Yes, always for commands that start with \`${prefix.join(" ")}\`${confinement(effect, permit)}`,
      rule: ruleFor(prefix, permit),
      matched: pastMatches(prefix, (past ?? []).toReversed(), workspace),
    });
  }
  choices.push(
    { decision: "denied", label: "No, and tell the model why" },
    { decision: "abort", label: "No, and stop here" },
  );
  return choices;
}

/** A rule says inside or outside; one more directory or the network cannot be written as one. */
function canBecomeRule(permit: Permit): boolean {
  return !permit.sandboxed || (permit.extra_write.length === 0 && !permit.network);
}

/** The rule that `always` writes: as wide as what was asked, so a yes to the sandbox never lets anything out of it. */
export function ruleFor(prefix: string[], permit: Permit): string {
  return printRule({
    pattern: prefix.map((word) => [word]),
    decision: "allow",
    sandboxed: permit.sandboxed,
    justification: null,
  });
}

function sessionLabel(effect: Effect): string {
  if (effect.kind === "command") return "Yes, and not again in this session for exactly this command in this directory";
  if (effect.kind === "patch") return "Yes, and not again in this session for these files";
  return `Yes, and not again in this session for ${effect.tool} of ${effect.server}`;
}

function confinement(effect: Effect, permit: Permit): string {
  if (effect.kind !== "command") return "";
  if (!permit.sandboxed) return ", outside the sandbox";
  const more = [...permit.extra_write.map((path) => `writing to ${path}`), ...(permit.network ? ["the network"] : [])];
  return more.length === 0 ? "" : `, in the sandbox with ${more.join(" and ")}`;
}
