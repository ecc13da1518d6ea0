import { scriptIn } from "../base/index.ts";
import type { ApprovalRequest, Decision, Effect, JsonObject } from "../protocol/index.ts";
import { hasHidden, type SafeText, type Style, safe, visibleLine } from "../term/index.ts";
import { changeLines, commandLines } from "./item-lines.ts";

/**
 * A question to the user as plain lines: what would be done, why it is asked, and what is known beside. What would be done
 * stands there whole, every character of it.
 */
export function approvalLines(request: ApprovalRequest, style: Style): SafeText[] {
  return [
    ...effectLines(request.effect, style),
    ...approvalFacts(request).map(([name, text]) => style.dim(`  ${name}: ${visibleLine(text)}`)),
  ];
}

/** What is to be known before the answer: the name of each fact, and it. */
export function approvalFacts(request: ApprovalRequest): [name: string, text: string][] {
  const { effect, reason, justification, denial, sandbox, opens } = request;
  const opened = [
    ...(opens?.write ?? []).map((path) => `writing to ${path}`),
    ...(opens ? networkLines(opens.network) : []),
    ...(opens?.sockets ?? []).map((path) => `the socket ${path}`),
    ...(opens?.read ?? []).map((path) => `reading ${path}`),
  ];
  const facts: [string, string | null][] = [
    ["take care", wordsOf(effect).some(hasHidden) ? HIDDEN : null],
    ["why", reason],
    ["the model says", justification],
    // Mostly that is why it is asked; it is said once.
    ["refused", denial === null || denial.explanation === reason ? null : denial.explanation],
    ["sandbox", effect.kind === "command" ? [SANDBOXES[sandbox], ...opened].join(", and ") : null],
  ];
  return facts.flatMap(([name, text]): [string, string][] => (text === null ? [] : [[name, text]]));
}

/** What a command could do, if it were let. */
const SANDBOXES: Record<ApprovalRequest["sandbox"], string> = {
  "read-only": "read-only",
  "workspace-write": "workspace-write",
  "danger-full-access": "off for this command: whole disk, network, your user",
  external: "left to the container around moat",
};

function networkLines(network: NonNullable<ApprovalRequest["opens"]>["network"]): string[] {
  if (typeof network === "object") return [network.hosts.join(", ")];
  return network ? ["the network"] : [];
}

/** What \x1b in a command may be: these four characters as they stand there, or the one that they stand for. */
const HIDDEN =
  "it holds characters that cannot be seen or that a terminal would obey; each stands there as its code, in the form \\x.. or \\u{..}";

/** All of an effect that others wrote. */
function wordsOf(effect: Effect): string[] {
  switch (effect.kind) {
    case "command":
      return [effect.command, effect.cwd];
    case "patch":
      return effect.changes.flatMap(({ path, move_path = "", diff = "" }) => [path, move_path, diff]);
    case "mcp":
      return [effect.server, effect.tool, ...argumentLines(effect.arguments)];
  }
}

/** What is asked of each kind of effect. */
export const QUESTIONS: Record<Effect["kind"], string> = {
  command: "Run this command?",
  patch: "Apply this patch?",
  mcp: "Call this tool?",
};

/** What a tool of a server says about itself. */
export const toolText = (read_only: boolean) => (read_only ? "it says that it only reads" : "it may change things");

/** What a tool would be called with, as JSON over several lines; nothing where it gets nothing. */
export function argumentLines(given: JsonObject | undefined): string[] {
  return given === undefined ? [] : JSON.stringify(given, null, 2).split("\n");
}

/** The letter of each answer. */
export const LETTERS: Record<Decision["type"], string> = {
  approved: "y",
  session: "s",
  always: "p",
  edited: "e",
  denied: "n",
  abort: "q",
};

function effectLines(effect: Effect, style: Style): SafeText[] {
  switch (effect.kind) {
    case "command": {
      const script = commandLines(scriptIn(effect.argv) ?? effect.command, style);
      return [safe`${QUESTIONS.command}`, ...script, style.dim(`  in ${visibleLine(effect.cwd)}`)];
    }
    case "patch":
      return [safe`${QUESTIONS.patch}`, ...changeLines(effect.changes, style)];
    case "mcp":
      return [
        safe`${QUESTIONS.mcp}`,
        style.bold(visibleLine(`${effect.server}.${effect.tool}`)),
        ...argumentLines(effect.arguments).map((line) => safe`  ${visibleLine(line)}`),
        style.dim(`  ${toolText(effect.read_only)}`),
      ];
  }
}

/** What a lasting yes would do beyond this once; empty for every other answer. */
export function choiceNotes({ rule, matched }: ApprovalRequest["choices"][number]): string[] {
  if (rule === undefined) return [];
  const past = (matched ?? []).map(visibleLine);
  return [
    `writes the rule ${visibleLine(rule.trimEnd())}`,
    ...(past.length > 0 ? [`would also have let through: ${past.join(" · ")}`] : []),
  ];
}
