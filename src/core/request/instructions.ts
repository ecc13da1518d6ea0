import { basename } from "node:path";
import { configuredNetwork, type HistoryItem, type MessageItem } from "../../protocol/index.ts";
import { commandShell } from "../../tools/index.ts";
import { inPlan } from "../plan-mode.ts";
import type { ThreadSettings } from "../settings.ts";
import planMode from "./plan.md" with { type: "text" };
import prompt from "./prompt.md" with { type: "text" };

/** The system prompt: ours, or the one that `model_instructions_file` put in its place. */
export function systemPrompt(settings: ThreadSettings): string {
  return settings.system_prompt ?? prompt.trim();
}

function message(role: MessageItem["role"], text: string): MessageItem {
  return { type: "message", role, content: [{ type: "input_text", text }] };
}

const sandboxTexts: Record<ThreadSettings["sandbox_mode"], string> = {
  "read-only": "read-only: files can be read, nothing can be written, and there is no network",
  "workspace-write": "workspace-write: files can be written in the writable roots only",
  "danger-full-access": "danger-full-access: commands are not confined",
  external: "external: the container that moat runs in is the sandbox",
};

const approvalTexts: Record<ThreadSettings["approval_policy"], string> = {
  untrusted: "untrusted: the user is asked before every command that is not known to be safe",
  "on-failure": "on-failure: when the sandbox refuses a command, the user is asked whether it may run without",
  "on-request": "on-request: you may ask for more than the sandbox gives, with sandbox_permissions of exec_command",
  never: "never: nobody can be asked; work within the sandbox and report what it did not allow",
};

const ENVIRONMENT_TAG = "<environment_context>";

/** As `renderInstructions` of the configuration begins, and the Codex CLI. */
const INSTRUCTIONS_TAG = "# AGENTS.md instructions";

/** The text of a user message that begins so; null: the item is something else. */
function textBeginning(item: HistoryItem, tag: string): string | null {
  if (item.type !== "message" || item.role !== "user") return null;
  const [first] = item.content;
  return first?.type === "input_text" && first.text.startsWith(tag) ? first.text : null;
}

/** Whether an item tells the model of its surroundings. */
export const isEnvironment = (item: HistoryItem): boolean => textBeginning(item, ENVIRONMENT_TAG) !== null;

/** Whether an item tells the model what the project wants. */
export const isInstructions = (item: HistoryItem): boolean => textBeginning(item, INSTRUCTIONS_TAG) !== null;

const NO_INSTRUCTIONS = `${INSTRUCTIONS_TAG}\n\nThere are none any more: those above no longer hold.`;

/**
 * The project's instructions where a stored thread was told others: its file may be older than they are.
 * @param kept how a text stands in that file, where keys are taken out
 */
export function changedInstructions(
  { project_instructions }: ThreadSettings,
  items: readonly HistoryItem[],
  kept: (text: string) => string,
): HistoryItem[] {
  const last = items.findLast(isInstructions);
  const told = last ? textBeginning(last, INSTRUCTIONS_TAG) : null;
  const now = project_instructions ?? (told === null ? null : NO_INSTRUCTIONS);
  return now === null || kept(now) === told ? [] : [message("user", now)];
}

function networkText({ sandbox_mode, sandbox_workspace_write }: ThreadSettings): string {
  if (sandbox_mode === "danger-full-access") return "allowed";
  const network = sandbox_mode === "workspace-write" ? configuredNetwork(sandbox_workspace_write) : "none";
  if (typeof network === "string") return network === "full" ? "allowed" : "none";
  return `only these hosts, through the proxy of the environment: ${network.hosts.join(", ")}`;
}

/** The XML form is the one that models know from the Codex CLI. */
function environment(settings: ThreadSettings, date: Date, mode: string | null): string {
  const roots = [settings.cwd, ...settings.sandbox_workspace_write.writable_roots];
  const write = settings.sandbox_mode === "workspace-write";
  return [
    ENVIRONMENT_TAG,
    `  <cwd>${settings.cwd}</cwd>`,
    `  <shell>${basename(commandShell())}</shell>`,
    `  <platform>${process.platform} ${process.arch}</platform>`,
    `  <current_date>${date.toISOString().slice(0, 10)}</current_date>`,
    `  <sandbox>${sandboxTexts[settings.sandbox_mode]}</sandbox>`,
    ...(write ? [`  <writable_roots>${roots.join(", ")}</writable_roots>`] : []),
    `  <network>${networkText(settings)}</network>`,
    `  <approvals>${approvalTexts[settings.approval_policy]}</approvals>`,
    ...(mode === null ? [] : [`  <mode>${mode}</mode>`]),
    "</environment_context>",
  ].join("\n");
}

/**
 * What stands before the user's first words: the developer's and the project's instructions and the environment. It is
 * part of the history from then on, so that the prefix of every later request is the same to the byte.
 */
export function openingItems(settings: ThreadSettings, date: Date): HistoryItem[] {
  const items: HistoryItem[] = [];
  if (settings.developer_instructions) items.push(message("developer", settings.developer_instructions));
  const library = offeredText(settings);
  if (library !== null) items.push(developerItem(library));
  if (settings.project_instructions) items.push(message("user", settings.project_instructions));
  items.push(environmentItem(settings, date, false));
  return items;
}

/** Names and one-liners of what can be opened or started when it fits; null where there is nothing. */
function offeredText({ skills, agents }: ThreadSettings): string | null {
  const skillLines = skills.map(({ name, description, file }) => `- ${name}: ${description} (${file})`);
  const agentLines = agents.map(({ name, description }) => `- ${name}: ${description}`);
  const parts = [
    ...(skills.length > 0
      ? [
          "Skills are folders with instructions, and often scripts, for one kind of task. Before you do a task that one is about, read its file; what it names lies beside it.",
          ...skillLines,
        ]
      : []),
    ...(agents.length > 0 ? ["Kinds of agents for `agent_type` of spawn_agent:", ...agentLines] : []),
  ];
  return parts.length === 0 ? null : parts.join("\n");
}

/** A skill that the user named with `$name`, in the form that models know from the Codex CLI. */
export function skillItem({ name, file, text }: ThreadSettings["skills"][number]): HistoryItem {
  return message("user", `<skill>\n<name>${name}</name>\n<path>${file}</path>\n${text}\n</skill>`);
}

/** Something that moat itself, or a program of the user, tells the model. */
export function developerItem(text: string): HistoryItem {
  return message("developer", text);
}

const PLAN_IS_OVER =
  "default: plan mode is over, and what its section said no longer holds; the sandbox above says what may be changed";

/**
 * The environment, for a new thread and for one whose settings changed between two turns.
 * @param planned the model was last told that it is in plan mode
 */
export function environmentItem(settings: ThreadSettings, date: Date, planned: boolean): HistoryItem {
  const plan = inPlan(settings) ? planMode.trim() : null;
  return message("user", environment(settings, date, plan ?? (planned ? PLAN_IS_OVER : null)));
}
