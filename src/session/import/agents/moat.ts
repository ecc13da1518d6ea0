import { promptText } from "../../../protocol/index.ts";
import { readRollout } from "../../read.ts";
import type { ImportRecord, ImportTask, SourceAgent, SourceThread } from "../contract.ts";
import { headTitle, sessionsBelow } from "../find.ts";
import type { ForeignFile } from "../foreign-file.ts";

/** moat's own: what `threads export --format jsonl` wrote, or a rollout with its blobs beside it. Other homes are never looked for. */
export const moat: SourceAgent = {
  name: "moat",
  files: { one: "a thread of moat", many: "threads of moat" },
  find: (_, below) => (below === null ? [] : sessionsBelow(below, /\.jsonl$/)),
  head({ file }) {
    const { lines } = readRollout(file);
    const started = lines.find(({ type }) => type === "thread.started");
    const said = lines.flatMap((line) => (line.type === "history.added" ? [promptText(line.item) ?? ""] : []));
    return { cwd: started?.type === "thread.started" ? started.cwd : null, title: headTitle(said.find(Boolean) ?? "") };
  },
  open(file, task) {
    const thread = threadOf(file, task);
    return thread && [thread];
  },
};

function threadOf(file: ForeignFile, { losses }: ImportTask): SourceThread | null {
  if (file.first()?.type !== "thread.started") return null;
  const { lines, damaged } = readRollout(file.path, file.whole());
  const [first] = lines;
  if (first?.type !== "thread.started" || !/^[0-9A-Za-z-]{8,64}$/.test(first.thread_id)) return null;
  if (damaged.length > 0) losses.warn(`${damaged.length} lines damaged and left out`);
  const records = lines.slice(1).flatMap((line): ImportRecord[] => {
    const { timestamp: at, ...body } = line;
    if (body.type === "thread.named") return [{ at, type: "named", name: body.name }];
    if (body.type === "thread.started") return [];
    // A thread has its own numbers, and no other thread's events.
    const { seq: _, thread_id: __, ...event } = body;
    return [{ at, type: "event", body: event }];
  });
  const { thread_id, cwd, forked_from = null } = first;
  return { thread_id, started: first.timestamp, cwd, forked_from, records };
}
