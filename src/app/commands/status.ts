import { type PromptPart, previewPrompt } from "../../core/index.ts";
import { configuredNetwork } from "../../protocol/index.ts";
import type { AppControl } from "../control.ts";

/** What `/status` prints: the settings in force, where they come from, and what each part of the context costs. */
export async function statusText({ thread, facts, transcript: { usage } }: AppControl): Promise<string> {
  const { settings, services, thread_id } = thread.parts;
  const { writable_roots } = settings.sandbox_workspace_write;
  const tokens = usage
    ? `${usage.input_tokens} in (${usage.cached_input_tokens} cached), ${usage.output_tokens} out`
    : "none yet";
  const preview = await previewPrompt(thread.parts, []);
  const room = preview.window === null ? "" : ` of ${preview.window}`;
  const rows: [string, string][] = [
    ["model", `${settings.model} (${settings.model_provider}), effort ${settings.effort ?? "as the model has it"}`],
    [
      "sandbox",
      `${settings.sandbox_mode}${settings.sandbox_mode === "workspace-write" ? networkPart(settings.sandbox_workspace_write) : ""}`,
    ],
    ["approvals", `${settings.approval_policy}${settings.free_patches ? ", patches are free" : ""}`],
    ["undo", services.checkpoints === null ? "off: nothing that turns change can be taken back" : "on"],
    ["directory", [settings.cwd, ...writable_roots].join(", ")],
    ["trust", `${facts.folder}: ${facts.folder_trust ?? "not asked yet"}`],
    ["settings", facts.config_files.join(", ") || "no file sets anything"],
    ["hooks", `${facts.hooks}`],
    ["servers", facts.servers === 0 ? "none" : `${facts.servers}; /mcp shows them`],
    ["tokens", tokens],
    ["context", `about ${preview.tokens}${room}`],
    ...contextRows(preview.parts),
    ...facts.instructions.map(({ file, bytes, dropped }): [string, string] => [
      "",
      `${file}: ${bytes} bytes${dropped > 0 ? `, ${dropped} more were cut` : ""}`,
    ]),
    ["thread", thread_id],
    ["file", services.transcript_path ?? "not kept"],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`).join("\n");
}

function networkPart(write: Parameters<typeof configuredNetwork>[0]): string {
  const network = configuredNetwork(write);
  if (network === "full") return ", network";
  return network === "none" ? "" : `, network: ${network.hosts.join(", ")}`;
}

/** Parts that stand in every request, one by one; tools, and what was said, as sums. */
export function contextRows(parts: PromptPart[]): [string, string][] {
  const sums = new Map<string, { bytes: number; tokens: number }>();
  for (const { part, name, bytes, tokens } of parts) {
    const group = part === "tool" ? "tools" : SINGLE.has(name) ? name : "conversation";
    const sum = sums.get(group) ?? { bytes: 0, tokens: 0 };
    sums.set(group, { bytes: sum.bytes + bytes, tokens: sum.tokens + tokens });
  }
  return [...sums].map(([name, { bytes, tokens }]) => ["", `${name}: ${bytes} bytes, about ${tokens} tokens`]);
}

const SINGLE: ReadonlySet<string> = new Set([
  "system prompt",
  "model_instructions_file",
  "developer_instructions",
  "project instructions",
  "environment",
]);
