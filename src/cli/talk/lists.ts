import type { AppTools } from "../../app/index.ts";
import type { ModelInfo } from "../../model/index.ts";
import { findRollout, loadStore } from "../../session/index.ts";
import type { Flags, Host } from "../contract.ts";
import { findInsight } from "../doctor/insight.ts";
import { ago, titleOf } from "../threads/text.ts";

/** Models that the provider of this directory offers, with what is known of each. */
export async function modelRows(
  host: Host,
  flags: Flags,
  signal: AbortSignal,
): ReturnType<NonNullable<AppTools["models"]>> {
  const found = await findInsight(host, flags);
  if (!found.ok) return { ok: false, message: found.message };
  const [{ catalogOf }, { listModels }] = await Promise.all([
    import("../../open/index.ts"),
    import("../../model/index.ts"),
  ]);
  const catalog = await catalogOf(found.loaded, host);
  if (!catalog.ok) return { ok: false, message: catalog.message };
  const listed = await listModels(found.resolved.provider, Date.now(), signal, catalog.overrides);
  if (!listed.ok) return { ok: false, message: listed.error.message };
  return {
    ok: true,
    rows: listed.models.map((model) => ({ id: model.id, name: model.id, description: described(model) })),
  };
}

/** `200k tokens, $2 in, $10 out` */
function described({ context_window, price }: ModelInfo): string {
  const parts = [
    context_window === null ? null : `${Math.round(context_window / 1000)}k tokens`,
    price === null ? null : `$${price.input} in, $${price.output} out`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

/** Threads of this directory, the last used first, then those of others. */
export async function threadRows(host: Host, cwd: string): ReturnType<NonNullable<AppTools["threads"]>> {
  const { listThreads } = await loadStore();
  const threads = await listThreads(host.moat_home);
  const now = new Date();
  const here = threads.filter((thread) => thread.cwd === cwd);
  const elsewhere = threads.filter((thread) => thread.cwd !== cwd);
  return [...here, ...elsewhere].map((thread) => ({
    id: thread.thread_id,
    name: titleOf(thread),
    description: [
      ago(thread.updated_at, now),
      `${thread.turns} ${thread.turns === 1 ? "turn" : "turns"}`,
      ...(thread.cwd === cwd ? [] : [thread.cwd]),
    ].join(" · "),
  }));
}

/** `› what was said` and the answer to it; nothing where nothing was said. */
export async function exchangeLines(host: Host, id: string): Promise<string[]> {
  // By its whole id: to list thousands of threads for each row that is chosen would let keys wait.
  const found = findRollout(host.moat_home, id);
  if (found === null) return [];
  const { said, answer } = (await loadStore()).lastExchange(found.path);
  return [...(said === null ? [] : [`› ${said}`]), ...(answer === null ? [] : [answer])];
}
