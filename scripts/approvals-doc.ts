// Writes the generated parts of docs/approvals.md: `bun scripts/approvals-doc.ts`. A test fails when they are out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DecisionInput, decide, GIT_ROWS, knownEffects, NO_RULES, ROWS, type Row } from "../src/policy/index.ts";
import { MODES } from "../src/policy/modes.ts";
import type { ApprovalPolicy, Effect, SandboxMode } from "../src/protocol/index.ts";

const FILE = join(import.meta.dir, "..", "docs", "approvals.md");
const POLICIES: ApprovalPolicy[] = ["untrusted", "on-failure", "on-request", "never"];
const CWD = "/project";

function command(line: string, want: "full" | "network" | null = null): Effect {
  const escalation = want && { want, target: null, justification: "", prefix_rule: null };
  return { kind: "command", argv: ["bash", "-lc", line], command: line, cwd: CWD, escalation };
}

const patch = (path: string): Effect => ({ kind: "patch", cwd: CWD, changes: [{ path, kind: "update" }] });
const mcp = (read_only: boolean): Effect => ({ kind: "mcp", server: "s", tool: "t", read_only });

const EFFECTS: [string, Effect][] = [
  ["a command that is known to only read", command("git status")],
  ["any other command", command("npm test")],
  ["a command for which the model asks for the network", command("npm ci", "network")],
  ["a command that the model wants outside the sandbox", command("npm ci", "full")],
  ["a patch in the workspace", patch(`${CWD}/a`)],
  ["a patch elsewhere, or in `.git`", patch("/etc/a")],
  ["an MCP tool that says it only reads", mcp(true)],
  ["any other MCP tool", mcp(false)],
];

function answer(effect: Effect, approval_policy: ApprovalPolicy, sandbox_mode: SandboxMode): string {
  const roots = sandbox_mode === "workspace-write" ? [CWD] : [];
  const input: DecisionInput = {
    effect,
    approval_policy,
    sandbox_mode,
    granular: null,
    free_patches: false,
    workspace: CWD,
    writable: { roots, protected: [] },
    rules: NO_RULES,
    session_grants: [],
  };
  const ruling = decide(input);
  return { allow: "runs", ask: "asks", forbid: "refused" }[ruling.type];
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function decisions(mode: SandboxMode): string {
  return table(
    [mode, ...POLICIES],
    EFFECTS.map(([name, effect]) => [name, ...POLICIES.map((policy) => answer(effect, policy, mode))]),
  );
}

const code = (text: string) => `\`${text.replaceAll("\n", "⏎")}\``;

function judgements(rows: readonly Row[], before: string): string {
  return table(
    ["programs", "what is known", "read", "asked about"],
    rows.map(({ programs, note, match, not_match }) => [
      programs.map((name) => code(before + name)).join(" "),
      note,
      match.slice(0, 3).map(code).join(", "),
      not_match.slice(0, 4).map(code).join(", "),
    ]),
  );
}

/** A list of options, in the order in which people look for them. */
function describe(usage: Row["usage"]): string[] {
  if (usage === "any") return ["any"];
  if (usage === "checked") return [];
  const { flags, values = "", next = "", optional = "", long = "", words = "", numbers, operands } = usage;
  return [
    ...(flags ? [code(`-${flags}`)] : []),
    ...[...values, ...next].map((letter) => code(`-${letter} N`)),
    ...[...optional].map((letter) => code(`-${letter}[N]`)),
    ...(numbers ? [code("-5")] : []),
    ...`${words} ${long}`.split(" ").filter(Boolean).map(code),
    ...(operands === undefined ? [] : [operands === 0 ? "no operand" : `at most ${operands} operand`]),
  ];
}

function options(): string {
  const rows = [...ROWS.map((row) => ({ row, before: "" })), ...GIT_ROWS.map((row) => ({ row, before: "git " }))];
  return rows
    .map(({ row, before }) => ({ names: row.programs.map((name) => code(before + name)), list: describe(row.usage) }))
    .filter(({ list }) => list.length > 0)
    .map(({ names, list }) => `- ${names.join(" ")}: ${list.join(" ")}`)
    .join("\n");
}

function modes(): string {
  const head = ["mode", "sandbox mode", "approval policy", "patches in the workspace", ""];
  const rows = Object.entries(MODES).map(([name, mode]) => [
    code(name),
    mode.sandbox_mode,
    mode.approval_policy,
    mode.free_patches ? "free" : "as the policy says",
    mode.summary,
  ]);
  return table(head, rows);
}

/** The generated parts by the name in their markers. */
const PARTS: Record<string, () => string> = {
  modes,
  decisions: () => (["read-only", "workspace-write", "danger-full-access"] as const).map(decisions).join("\n\n"),
  programs: () => judgements(ROWS, ""),
  git: () => judgements(GIT_ROWS, "git "),
  options,
  changing: () =>
    table(
      ["programs", "effect"],
      knownEffects().map(({ names, effect }) => [names.map(code).join(" "), effect]),
    ),
};

/** The document with every generated part brought up to date. */
export function refresh(document: string): string {
  return Object.entries(PARTS).reduce((text, [name, make]) => {
    const begin = `<!-- generated: ${name} -->`;
    const end = `<!-- end: ${name} -->`;
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`docs/approvals.md has no part between ${begin} and ${end}`);
    return `${text.slice(0, from + begin.length)}\n${make()}\n${text.slice(to)}`;
  }, document);
}

export const readDocument = (): string => readFileSync(FILE, "utf8");

if (import.meta.main) writeFileSync(FILE, refresh(readDocument()));
