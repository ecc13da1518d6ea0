import { match } from "ts-pattern";
import type { ApprovalRequest } from "../protocol/index.ts";
import { type Style, stripControls } from "../term/index.ts";
import { changeLines, shownCommand } from "./item-lines.ts";

/** A question to the user as plain lines: what would be done, why it is asked, and what is known beside. */
export function approvalLines(request: ApprovalRequest, style: Style): string[] {
  const { effect, reason, justification, denial, sandbox, opens } = request;
  const opened = [
    ...(opens?.write ?? []).map((path) => `writing to ${path}`),
    ...(opens ? networkLines(opens.network) : []),
  ];
  const facts: [string, string | null][] = [
    ["why", reason],
    ["the model says", justification],
    ["refused", denial?.explanation ?? null],
    ["sandbox", effect.kind === "command" ? [sandbox, ...opened].join(", and ") : null],
  ];
  return [
    ...match(effect)
      .returnType<string[]>()
      .with({ kind: "command" }, ({ command, cwd }) => {
        const [first = "", ...more] = stripControls(shownCommand(command)).split("\n");
        const lines = [`$ ${first}`, ...more.map((line) => `  ${line}`)].map(style.bold);
        return ["Run this command?", ...lines, style.dim(`  in ${stripControls(cwd)}`)];
      })
      .with({ kind: "patch" }, ({ changes }) => ["Apply this patch?", ...changeLines(changes, style)])
      .with({ kind: "mcp" }, ({ server, tool, read_only }) => [
        "Call this tool?",
        style.bold(`${server}.${tool}`),
        style.dim(read_only ? "  it says that it only reads" : "  it may change things"),
      ])
      .exhaustive(),
    ...facts.flatMap(([name, text]) => (text === null ? [] : [style.dim(`  ${name}: ${oneLine(text)}`)])),
  ];
}

function networkLines(network: NonNullable<ApprovalRequest["opens"]>["network"]): string[] {
  if (typeof network === "object") return [network.hosts.join(", ")];
  return network ? ["the network"] : [];
}

/** What a lasting yes would do beyond this once; empty for every other answer. */
export function choiceNotes({ rule, matched }: ApprovalRequest["choices"][number]): string[] {
  if (rule === undefined) return [];
  const past = (matched ?? []).map(oneLine);
  return [
    `writes the rule ${oneLine(rule)}`,
    ...(past.length > 0 ? [`would also have let through: ${past.join(" · ")}`] : []),
  ];
}

const oneLine = (text: string) => stripControls(text).replace(/\s+/g, " ").trim();
