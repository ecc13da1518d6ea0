import type { Refusal } from "../../open/index.ts";
import type { Flags, Host } from "../contract.ts";
import type { ThreadWatch } from "./json-to.ts";

/** Who watches the threads of this command, by `--json-to`; null: nobody, and then nothing is loaded for it. */
export async function watching(flags: Flags, host: Host): Promise<{ ok: true; watch: ThreadWatch | null } | Refusal> {
  const name = flags["json-to"];
  if (typeof name !== "string") return { ok: true, watch: null };
  return (await import("./json-to.ts")).jsonTo(name, host);
}
