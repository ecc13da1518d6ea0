import {
  askedChanges,
  commitPatch,
  type Patch,
  type PatchError,
  parsePatch,
  patchChanges,
  planPatch,
  printPatch,
  recoverPatches,
} from "../patch/index.ts";
import type { FileUpdateChange, ItemStatus } from "../protocol/index.ts";
import type { ItemBody, Tool, ToolContext, ToolOutcome } from "./contract.ts";

/** A patch that was understood; where its paths start is known only once it runs. */
interface PatchCall {
  patch: Patch;
}

/** A wire without freeform tools sends the patch as `{"input": "…"}`. */
function patchText(raw: string): string {
  if (!raw.trimStart().startsWith("{")) return raw;
  try {
    const value: unknown = JSON.parse(raw);
    const input = (value as { input?: unknown }).input;
    return typeof input === "string" ? input : raw;
  } catch {
    return raw;
  }
}

const item = (changes: FileUpdateChange[], status: ItemStatus): ItemBody => ({ type: "file_change", changes, status });

const failedItem = (changes: FileUpdateChange[], error: PatchError): ItemBody => ({
  type: "file_change",
  changes,
  status: "failed",
  error: { message: error.message },
});

function failed(patch: Patch, cwd: string, error: PatchError): ToolOutcome {
  return outcome(
    `apply_patch verification failed: ${error.message}`,
    failedItem(patchChanges(patch, cwd), error),
    false,
    0,
  );
}

function outcome(text: string, shown: ItemBody, success: boolean, duration_ms: number): ToolOutcome {
  const head = `Exit code: 0\nWall time: ${(duration_ms / 1000).toFixed(1)} seconds\nOutput:\n`;
  return {
    status: success ? "completed" : "failed",
    body: text,
    total_lines: text.split("\n").length - 1,
    total_bytes: Buffer.byteLength(text),
    max_output_tokens: null,
    render: (body) => (success ? `${head}${body}` : body),
    item: shown,
  };
}

async function apply({ patch }: PatchCall, context: ToolContext): Promise<ToolOutcome> {
  const { cwd, writable, state_dir } = context;
  const start = context.now();
  // A commit that a crash cut short is finished or undone before anything new is planned on top of it.
  await recoverPatches(state_dir);
  const scope = { cwd, roots: writable.roots, protected: writable.protected, no_overwrite: false, strict: false };
  const plan = await planPatch(patch, scope);
  if (!plan.ok) return failed(patch, cwd, plan.error);
  const done = await commitPatch(plan.value, state_dir, context.signal);
  if (!done.ok) return failed(patch, cwd, done.error);
  const { summary, notes, changes } = plan.value;
  const text = ["Success. Updated the following files:", ...summary, ...notes.map((note) => `Note: ${note}`), ""];
  return outcome(text.join("\n"), item(changes, "completed"), true, context.now() - start);
}

export const applyPatch: Tool<PatchCall> = {
  parallel: false,
  item_lasts: "call",
  parse(raw) {
    const parsed = parsePatch(patchText(raw));
    if (parsed.ok) return { ok: true, args: { patch: parsed.value } };
    const message = `apply_patch verification failed: ${parsed.error.message}`;
    return { ok: false, message, item: failedItem([], parsed.error) };
  },
  effect: ({ patch }, cwd) => ({ kind: "patch", changes: askedChanges(patch, cwd), cwd }),
  begin: ({ patch }, cwd) => item(patchChanges(patch, cwd), "in_progress"),
  declined: ({ patch }, cwd) => item(patchChanges(patch, cwd), "declined"),
  hook: ({ patch }, cwd) => {
    const files = patchChanges(patch, cwd).map(({ path }) => path);
    // `command` is where codex's hooks look for the patch, `file_path` where those of Claude Code look for the file.
    return { tool_name: "apply_patch", tool_input: { command: printPatch(patch), file_path: files[0] ?? null, files } };
  },
  withHookInput: (_raw, { command }) => String(command),
  run: apply,
};
