import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Import, lineDiff, planImport, writeWhole } from "../../../config/editing.ts";
import { loadDialogs } from "../../../term/index.ts";
import type { Host, Invocation } from "../../contract.ts";
import { failConfig, wrongUsage } from "../shared.ts";
import type { Planned } from "./source.ts";

/** Whose configuration can be taken over, by the name of the subcommand. */
const PLANS: Record<string, (host: Host) => Promise<Planned>> = {
  "import-codex": (host) => {
    const codex_home = host.env.CODEX_HOME || join(host.home, ".codex");
    return planImport({ codex_home, moat_home: host.moat_home, home: host.home });
  },
  "import-claude": async (host) => (await import("./claude.ts")).planClaude(host),
  "import-opencode": async (host) => (await import("./opencode.ts")).planOpencode(host),
  "import-gemini": async (host) => (await import("./gemini.ts")).planGemini(host),
};

/** `moat config import-PEER`: shows what would be written, asks, and writes it. */
export async function importFrom(name: string, { args, flags, host }: Invocation): Promise<number> {
  if (args.length > 0) return wrongUsage(host, `${name} takes nothing more`);
  const planned = await PLANS[name]?.(host);
  if (planned?.ok !== true) return failConfig(host, planned?.message ?? `there is no "config ${name}"`);
  const { plan } = planned;
  show(plan, host);
  const files = Object.entries(plan.files);
  if (files.length === 0) {
    host.stdout("nothing to change\n");
    return 0;
  }
  if (flags.yes !== true && !(host.stdin_is_tty && host.stdout_is_tty && (await ask(files.length))))
    return failConfig(host, "nothing was written. Without a terminal, `--yes` writes what is shown above.");
  for (const [file, text] of files) writeWhole(file, text);
  host.stdout(`wrote ${Object.keys(plan.files).join(", ")}\n`);
  return 0;
}

async function ask(count: number): Promise<boolean> {
  const { inDialog, yesOrNo } = await loadDialogs();
  const question = `Write ${count === 1 ? "this file" : `these ${count} files`}?`;
  return (await inDialog((dialog) => yesOrNo(dialog, question))) === true;
}

function show({ files, taken, kept, dropped, hints }: Import, host: Host): void {
  for (const { file, key } of taken) host.stdout(`taken    ${key}  (${file})\n`);
  for (const { file, key } of kept) host.stdout(`kept     ${key}: ${file} sets it already\n`);
  for (const { key, why } of dropped) host.stdout(`dropped  ${key}: ${why}\n`);
  for (const hint of hints) host.stdout(`note     ${hint}\n`);
  for (const [file, text] of Object.entries(files)) {
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    host.stdout(`\n--- ${file}\n${lineDiff(before, text)}\n\n`);
  }
}
