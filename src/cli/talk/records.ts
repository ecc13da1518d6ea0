import type { NamedFile } from "../../base/index.ts";
import type { Refusal } from "../../open/index.ts";
import type { Flags, Host } from "../contract.ts";
import { openOutput } from "../named-output.ts";

/** What is handed in and what comes out, for whoever wants it written down. */
export type Record = (kind: "submission" | "event", value: object) => void;

/** `-S FILE` and `-E FILE`: what goes in and what comes out, as JSON Lines. */
export async function openRecords(flags: Flags, host: Host): Promise<{ ok: true; record: Record } | Refusal> {
  const named = { submission: flags["record-submissions"], event: flags["record-events"] };
  const files = new Map<string, NamedFile>();
  for (const [kind, name] of Object.entries(named)) {
    if (typeof name !== "string") continue;
    const made = await openOutput(kind === "event" ? "-E" : "-S", name, host);
    if (!made.ok) return made;
    files.set(kind, made.file);
  }
  const record: Record = (kind, value) => files.get(kind)?.write(`${host.secrets.redact(JSON.stringify(value))}\n`);
  return { ok: true, record };
}
