import { USAGE } from "../../base/index.ts";
import type { Thread } from "../../core/index.ts";
import { childLines, jsonLines } from "../../frontends/exec/index.ts";
import type { Refusal } from "../../open/index.ts";
import { type Event, isOfChild, SCHEMA_VERSION } from "../../protocol/index.ts";
import type { Host } from "../contract.ts";
import { openOutput } from "../named-output.ts";

/** Watches a thread from its first event on. */
export type ThreadWatch = (thread: Thread) => void;

/**
 * `--json-to FILE|FD`: the lines of `exec --json` beside the screen, of every thread that is opened, for programs that watch. A
 * reader that does not keep up holds nothing up: it is cut off, and that is said.
 */
export async function jsonTo(name: string, host: Host): Promise<{ ok: true; watch: ThreadWatch } | Refusal> {
  const number = /^\d+$/.test(name) ? Number(name) : null;
  if (number !== null && number < 2)
    return {
      ok: false,
      message: `--json-to ${name}: 0 and 1 are the screen's; open another, as in 3>FILE`,
      exit: USAGE,
    };
  const following: Promise<void>[] = [];
  const made = await openOutput("--json-to", number === null ? name : `/dev/fd/${number}`, host, () =>
    Promise.all(following),
  );
  if (!made.ok) return made;
  const { file } = made;
  const write = (line: object) => file.write(`${host.secrets.redact(JSON.stringify(line))}\n`);
  const watch: ThreadWatch = (thread) => {
    const events = thread.read();
    write({ type: "thread.started", thread_id: thread.thread_id, schema_version: SCHEMA_VERSION });
    const follow = async () => {
      for await (const event of events) {
        for (const line of linesOf(event, thread.thread_id)) write(line);
        await file.taken();
      }
      if (events.missed_from !== null)
        host.stderr(
          `moat: --json-to ${name} has only what came before event ${events.missed_from}: its reader was too slow\n`,
        );
    };
    following.push(follow());
  };
  return { ok: true, watch };
}

function linesOf(event: Event, thread_id: string): object[] {
  const form = { deltas: false };
  if (isOfChild(event, thread_id)) return childLines(event, form);
  return jsonLines(event, { ...form, evidence: null });
}
