import { match } from "ts-pattern";
import { scriptIn } from "../base/index.ts";
import type { ApprovalRequest, Effect } from "../protocol/index.ts";
import { hasHidden, type SafeText, type Style, safe, visibleLine } from "../term/index.ts";
import { changeLines, commandLines } from "./item-lines.ts";

/**
 * A question to the user as plain lines: what would be done, why it is asked, and what is known beside. What would be done
 * stands there whole, every character of it.
 */
export function approvalLines(request: ApprovalRequest, style: Style): SafeText[] {
  const { effect, reason, justification, denial, sandbox, opens } = request;
  const opened = [
    ...(opens?.write ?? []).map((path) => `writing to ${path}`),
    ...(opens ? networkLines(opens.network) : []),
  ];
  const facts: [string, string | null][] = [
    ["take care", wordsOf(effect).some(hasHidden) ? HIDDEN : null],
    ["why", reason],
    ["the model says", justification],
    ["refused", denial?.explanation ?? null],
    ["sandbox", effect.kind === "command" ? [sandbox, ...opened].join(", and ") : null],
  ];
  return [
    ...effectLines(effect, style),
    ...facts.flatMap(([name, text]) => (text === null ? [] : [style.dim(`  ${name}: ${visibleLine(text)}`)])),
  ];
}

function networkLines(network: NonNullable<ApprovalRequest["opens"]>["network"]): string[] {
  if (typeof network === "object") return [network.hosts.join(", ")];
  return network ? ["the network"] : [];
}

/** What \x1b in a command may be: these four characters as they stand there, or the one that they stand for. */
const HIDDEN =
  "it holds characters that cannot be seen or that a terminal would obey; they are shown as \\x1b, \\u{202e}";

/** All of an effect that others wrote. */
function wordsOf(effect: Effect): string[] {
  return match(effect)
    .with({ kind: "command" }, ({ command, cwd }) => [command, cwd])
    .with({ kind: "patch" }, ({ changes }) =>
      changes.flatMap(({ path, move_path = "", diff = "" }) => [path, move_path, diff]),
    )
    .with({ kind: "mcp" }, ({ server, tool }) => [server, tool])
    .exhaustive();
}

function effectLines(effect: Effect, style: Style): SafeText[] {
  return match(effect)
    .returnType<SafeText[]>()
    .with({ kind: "command" }, ({ argv, command, cwd }) => [
      safe`Run this command?`,
      ...commandLines(scriptIn(argv) ?? command, style),
      style.dim(`  in ${visibleLine(cwd)}`),
    ])
    .with({ kind: "patch" }, ({ changes }) => [safe`Apply this patch?`, ...changeLines(changes, style)])
    .with({ kind: "mcp" }, ({ server, tool, read_only }) => [
      safe`Call this tool?`,
      style.bold(visibleLine(`${server}.${tool}`)),
      style.dim(read_only ? "  it says that it only reads" : "  it may change things"),
    ])
    .exhaustive();
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
