import type { Patch, PatchError } from "../patch/index.ts";
import type { FileUpdateChange, ItemStatus, Json, ToolSpec } from "../protocol/index.ts";
import grammar from "./apply-patch.lark" with { type: "text" };
import description from "./apply-patch.md" with { type: "text" };
import { argumentObject } from "./arguments.ts";
import type { ItemBody, Tool, ToolContext, ToolOutcome } from "./contract.ts";
import { underOwnNames } from "./near-miss.ts";
import { textOutcome } from "./outcome.ts";

/** Name and grammar are those of the Codex CLI, because models are trained on them; the text is ours. */
const spec: ToolSpec = {
  type: "custom",
  name: "apply_patch",
  description: description.trim(),
  format: { type: "grammar", syntax: "lark", definition: grammar },
  fallback_argument: "input",
};

/** A patch that was understood. */
interface PatchCall {
  patch: Patch;
  /** What it asks for. */
  changes: FileUpdateChange[];
  /** The same with the lines that are put in and taken out: what a person is asked about. */
  asked: FileUpdateChange[];
  /** The same as text, in the one form that hooks get. */
  print(): string;
}

/** The patch engine takes 2.5 ms of start-up: a plain answer does not pay for it. */
const engine = () => import("../patch/index.ts");

/** Names that models give the one argument of this tool, on wires that have no freeform tools. */
const NAMES = ["input", "patch", "diff", "content", "patch_text", "cmd", "command"];
const BEGIN = "*** Begin Patch";

/** The patch: as it is, or out of `{"input": "…"}`; with real line ends where a model wrote `\\n`. */
function patchText(raw: string): string {
  const { input } = raw.trimStart().startsWith("{")
    ? underOwnNames(argumentObject(raw), { input: NAMES })
    : { input: raw };
  const text = withoutTalk(typeof input === "string" ? input : Array.isArray(input) ? inList(input) : raw);
  return /^\s*\*\*\* Begin Patch\\n/.test(text) && !text.trim().includes("\n") ? text.replaceAll("\\n", "\n") : text;
}

/** Of a list that is a command or the lines of a patch. */
function inList(list: readonly Json[]): string {
  const whole = list.find((one) => String(one).includes(`${BEGIN}\n`));
  return whole === undefined ? list.join("\n") : String(whole);
}

/** A patch without what the model said before it. A command there is another matter: `cd` decides what the patch is about. */
function withoutTalk(text: string): string {
  const start = text.search(/^\*\*\* Begin Patch/m);
  return start > 0 && !/apply_?patch|^```/m.test(text.slice(0, start)) ? text.slice(start) : text;
}

const item = (changes: FileUpdateChange[], status: ItemStatus): ItemBody => ({ type: "file_change", changes, status });

const failedItem = (changes: FileUpdateChange[], error: PatchError): ItemBody => ({
  type: "file_change",
  changes,
  status: "failed",
  error: { message: error.message },
});

function failed({ changes }: PatchCall, error: PatchError): ToolOutcome {
  return outcome(`apply_patch verification failed: ${error.message}`, failedItem(changes, error), false, 0);
}

function outcome(text: string, shown: ItemBody, success: boolean, duration_ms: number): ToolOutcome {
  const head = `Exit code: 0\nWall time: ${(duration_ms / 1000).toFixed(1)} seconds\nOutput:\n`;
  const status = success ? "completed" : "failed";
  return textOutcome(text, { status, item: shown, render: (body) => (success ? `${head}${body}` : body) });
}

/** Files whose content a patch goes from. */
const changedPaths = (changes: readonly FileUpdateChange[]) =>
  changes.filter(({ kind }) => kind !== "add").map(({ path }) => path);

async function apply(call: PatchCall, context: ToolContext): Promise<ToolOutcome> {
  const { cwd, writable, hidden, state_dir } = context;
  const { commitPatch, planPatch, recoverPatches } = await engine();
  const start = context.now();
  // A commit that a crash cut short is finished or undone before anything new is planned on top of it.
  await recoverPatches(state_dir);
  // Where a patch does not fit, what is there would be shown.
  const closed = [...writable.protected, ...hidden];
  // Only where everything may be written was it decided about a .git.
  const git_closed = !writable.roots.includes("/");
  const scope = { cwd, roots: writable.roots, protected: closed, git_closed, no_overwrite: false, strict: false };
  const first = await planPatch(call.patch, scope);
  if (!first.ok) return failed(call, first.error);
  const saving = await context.open_files?.save(changedPaths(first.value.changes), context.signal);
  if (saving && !saving.ok) return failed(call, { message: saving.message, path: null, patch_line: null });
  const plan = saving?.saved ? await planPatch(call.patch, scope) : first;
  if (!plan.ok) return failed(call, plan.error);
  await context.keep(plan.value.changes.flatMap(({ path, move_path }) => (move_path ? [path, move_path] : [path])));
  const done = await commitPatch(plan.value, state_dir, context.signal);
  if (!done.ok) return failed(call, done.error);
  const { summary, notes, changes } = plan.value;
  const text = ["Success. Updated the following files:", ...summary, ...notes.map((note) => `Note: ${note}`), ""];
  return outcome(text.join("\n"), item(changes, "completed"), true, context.now() - start);
}

export const applyPatch: Tool<PatchCall> = {
  parallel: false,
  item_lasts: "call",
  spec: () => spec,
  async parse(raw, cwd) {
    const { askedChanges, parsePatch, patchChanges, printPatch } = await engine();
    const parsed = parsePatch(patchText(raw));
    if (parsed.ok) {
      const patch = parsed.value;
      const [changes, asked] = [patchChanges(patch, cwd), askedChanges(patch, cwd)];
      return { ok: true, args: { patch, changes, asked, print: () => printPatch(patch) } };
    }
    const message = `apply_patch verification failed: ${parsed.error.message}`;
    return { ok: false, message, item: failedItem([], parsed.error) };
  },
  effect: ({ asked }, cwd) => ({ kind: "patch", changes: asked, cwd }),
  item: ({ changes }, _cwd, status) => item(changes, status),
  hook: ({ changes, print }) => {
    const files = changes.map(({ path }) => path);
    // `command` is where codex's hooks look for the patch, `file_path` where those of Claude Code look for the file.
    return { tool_name: "apply_patch", tool_input: { command: print(), file_path: files[0] ?? null, files } };
  },
  withHookInput: (_raw, { command }) => String(command),
  run: apply,
};
