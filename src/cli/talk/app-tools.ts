import type { AppTools } from "../../app/index.ts";
import { discoverPrompts } from "../../config/index.ts";
import { loadStore } from "../../session/index.ts";
import { styleFor } from "../../term/index.ts";
import type { Flags, Host } from "../contract.ts";
import { reviewPrompt } from "../exec/review-prompt.ts";
import { betweenKeys } from "./slices.ts";

/** What front ends for people have of the other commands; each is loaded when it is called. */
export function appTools(host: Host, flags: Flags, cwd: string): AppTools {
  return {
    async diff(directory) {
      const [{ shownDiff }, { treeDiff }] = await Promise.all([
        import("../patch/shown-diff.ts"),
        import("../patch/diff.ts"),
      ]);
      const diff = await treeDiff(host, flags, directory);
      if (!diff.ok) return diff.message;
      const style = styleFor(flags["no-ansi"] ? "never" : "auto", host.stdout_is_tty, host.env);
      return diff.text === "" ? "nothing was changed" : shownDiff(diff.text, style);
    },
    async turnDiff({ thread_id }) {
      const { turnDiffText } = await import("../undo/in-talk.ts");
      return turnDiffText(host, flags, thread_id);
    },
    async restorePlan({ parts }, asked) {
      const { restorePlan } = await import("../undo/in-talk.ts");
      return restorePlan(host, flags, parts.services.checkpoints?.stored ?? null, asked);
    },
    promptFiles({ folder, folder_trust }) {
      const { moat_home, home } = host;
      return discoverPrompts({ moat_home, home, project: folder_trust === "trusted" ? folder : null });
    },
    async draftInstructions(print, signal) {
      const { draftInstructions } = await import("../exec/init.ts");
      const drafted = await draftInstructions(host, { flags, cwd, print, signal });
      return drafted.ok ? drafted : { ok: false, message: drafted.message };
    },
    models: async (signal) => (await import("./lists.ts")).modelRows(host, flags, signal),
    threads: async () => (await import("./lists.ts")).threadRows(host, cwd),
    lastExchange: async (id) => (await import("./lists.ts")).exchangeLines(host, id),
    reviewPrompt,
    async exportThread(rollout, path) {
      const { exportTo } = await import("../threads/read.ts");
      return exportTo(rollout, path, { ...host, cwd });
    },
    fork: (rollout, back) => forkOf(rollout, back, host),
  };
}

async function forkOf(rollout: string, back: number | null, host: Host): ReturnType<NonNullable<AppTools["fork"]>> {
  const { forkInSlices, rewindInSlices } = await loadStore();
  const thread_id = Bun.randomUUIDv7();
  const options = { moat_home: host.moat_home, thread_id, date: host.date(), moat_version: host.version };
  try {
    if (back !== null)
      return { ok: true, thread_id, text: (await betweenKeys(rewindInSlices(rollout, back, options))).text };
    await betweenKeys(forkInSlices(rollout, options));
    return { ok: true, thread_id, text: "" };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
