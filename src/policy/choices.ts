import { scriptIn } from "../base/index.ts";
import type { ApprovalChoice, Effect } from "../protocol/index.ts";
import { networkText } from "./network.ts";
import { leadsOut, type Permit, ruleOf } from "./permit.ts";
import { type PastCommand, pastMatches } from "./propose.ts";
import { printRule } from "./rules/print.ts";

/** The answers that make sense, the narrowest yes first; each label says what it does. */
export function choicesFor(
  effect: Effect,
  permit: Permit,
  prefix: string[] | null,
  { past, workspace, ran }: { past?: readonly PastCommand[]; workspace: string; ran: boolean },
): ApprovalChoice[] {
  const choices: ApprovalChoice[] = [
    { decision: "approved", label: `Yes, once${confinement(effect, permit)}` },
    { decision: "session", label: sessionLabel(effect) },
  ];
  if (prefix !== null) {
    choices.push({
      decision: "always",
      prefix,
      label: `Yes, always for commands that start with \`${prefix.join(" ")}\`${confinement(effect, permit)}`,
      rule: printRule(ruleOf(prefix, permit)),
      matched: pastMatches(prefix, (past ?? []).toReversed(), workspace),
    });
  }
  if (effect.kind === "command" && !ran)
    choices.push({
      decision: "edited",
      label: "Change the command; it is judged again",
      command: scriptIn(effect.argv) ?? effect.command,
    });
  choices.push(
    { decision: "denied", label: "No, and tell the model why" },
    { decision: "abort", label: "No, and stop here" },
  );
  return choices;
}

function sessionLabel(effect: Effect): string {
  if (effect.kind === "command") return "Yes, and not again in this session for exactly this command in this directory";
  if (effect.kind === "patch") return "Yes, and not again in this session for these files";
  return `Yes, and not again in this session for ${effect.tool} of ${effect.server}`;
}

function confinement(effect: Effect, permit: Permit): string {
  if (effect.kind !== "command") return "";
  if (!permit.sandboxed) return ", outside the sandbox";
  const more = openedTexts(permit);
  return more.length === 0 ? "" : `, in the sandbox with ${more.join(" and ")}`;
}

/** What a permit opens beside the mode, for people: one clause each. */
export function openedTexts({ extra_write, network, sockets, read }: Permit): string[] {
  return [
    ...extra_write.map((path) => `writing to ${path}`),
    ...(network === "none" ? [] : [networkText(network)]),
    ...sockets.map(socketText),
    ...(read.length === 0 ? [] : [`reading ${read.join(", ")}`]),
  ];
}

function socketText(path: string): string {
  const out = leadsOut({ sockets: [path] }) === null ? "" : ", which is as good as leaving the sandbox";
  return `the socket ${path}${out}`;
}
