import { isUtf8 } from "node:buffer";
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { FAILED, type NamedRead, USAGE } from "../../base/index.ts";
import {
  commitPatch,
  type Patch,
  type PatchError,
  type PatchPlan,
  type PatchResult,
  patchChanges,
  planPatch,
  recoverPatches,
} from "../../patch/index.ts";
import type { Flags, Host } from "../contract.ts";

/** Exit codes of `apply-patch` and `apply`, as the Codex CLI has them. */
const DONE = 0;

interface Options {
  /** Absolute; paths of the patch start here and may not leave it. */
  root: string;
  check: boolean;
  json: boolean;
  no_overwrite: boolean;
  strict: boolean;
}

/** Applies what was read from the command line, and says what happened. Resolves to the exit code. */
export async function applyFromCli(parsed: PatchResult<Patch>, flags: Flags, host: Host): Promise<number> {
  const options = readOptions(flags, host);
  if (!options) return USAGE;
  if (!parsed.ok) return reportFailure(parsed.error, null, options, host);
  const journal = journalOf(host);
  for (const file of await recoverPatches(journal)) {
    if (file.kind === "kept") host.stderr(`moat: ${file.message}\n`);
  }
  const scope = { cwd: options.root, roots: [options.root], protected: [], git_closed: true, ...options };
  const plan = await planPatch(parsed.value, scope, options.json);
  if (!plan.ok) return reportFailure(plan.error, parsed.value, options, host);
  if (!options.check) {
    const committed = await commitPatch(plan.value, journal, host.signal);
    if (!committed.ok) return reportFailure(committed.error, parsed.value, options, host);
  }
  return reportSuccess(plan.value, options, host);
}

/** In a command of a thread moat's own home is read-only; what a crash leaves behind lies beside the command's other files then. */
function journalOf({ env, moat_home }: Host): string {
  return env.MOAT_SANDBOX ? join(env.TMPDIR ?? "/tmp", "moat-journal") : join(moat_home, "journal");
}

function readOptions(flags: Flags, host: Host): Options | null {
  const named = typeof flags.root === "string" ? flags.root : ".";
  const root = resolve(host.cwd, named);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    host.stderr(`moat: --root ${named}: there is no such directory\n`);
    return null;
  }
  const on = (name: string) => flags[name] !== undefined;
  return { root, check: on("check"), json: on("json"), no_overwrite: on("no-overwrite"), strict: on("strict") };
}

function reportSuccess(plan: PatchPlan, options: Options, host: Host): number {
  const { changes, summary, notes } = plan;
  if (options.json) {
    host.json({ ok: true, applied: !options.check, summary, notes, changes });
    return DONE;
  }
  const head = options.check
    ? "The patch fits. It would update the following files:"
    : "Success. Updated the following files:";
  host.stdout(`${[head, ...summary].join("\n")}\n`);
  for (const note of notes) host.stderr(`Note: ${note}\n`);
  return DONE;
}

function reportFailure(error: PatchError, patch: Patch | null, options: Options, host: Host): number {
  if (options.json) {
    const changes = patch ? patchChanges(patch, options.root) : [];
    host.json({ ok: false, applied: false, error, changes });
  } else host.stderr(`${error.message}\n`);
  return FAILED;
}

/** Text of a patch; null, said on stderr, when the bytes are not UTF-8: a guess could damage the files. */
export function decodePatch(bytes: Uint8Array, host: Host): string | null {
  if (isUtf8(bytes)) return Buffer.from(bytes).toString("utf8");
  host.stderr("moat: the patch is not UTF-8. Convert it first, as in: iconv -f latin1 -t utf-8 FILE\n");
  return null;
}

/** Says why there is no patch to read. What cannot be read is a mistake of the command line here, as it is for the Codex CLI. */
export function unread(name: string, { why, exit }: NamedRead & { ok: false }, host: Host): number {
  host.stderr(`moat: ${name} cannot be read: ${why}\n`);
  return exit === FAILED ? USAGE : exit;
}
