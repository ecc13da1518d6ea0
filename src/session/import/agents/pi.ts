import { join } from "node:path";
import type { ChainNode } from "../chain.ts";
import type { SessionHead, SourceAgent } from "../contract.ts";
import { HEAD_LINES, headTitle, sessionsBelow } from "../find.ts";
import { type Foreign, foreignStart, kindName, objectOf, stringOf } from "../foreign.ts";
import { ForeignFile } from "../foreign-file.ts";
import type { Losses } from "../losses.ts";
import { threadIdFor, treeThreads } from "../tree-thread.ts";
import { PiReader, piParts } from "./pi-lines.ts";

/** pi (seen: 1.6, format 3): `PI_CODING_AGENT_DIR/sessions/--DIR--/TIME_ID.jsonl`. */
export const pi: SourceAgent = {
  name: "pi",
  files: { one: "a session of pi", many: "sessions of pi" },
  find: ({ env, home }, below) =>
    sessionsBelow(below ?? join(env.PI_CODING_AGENT_DIR || join(home, ".pi", "agent"), "sessions"), /\.jsonl$/),
  head: ({ file }) => headOf(new ForeignFile(file)),
  open(file, task) {
    const head = file.first();
    const session_id = stringOf(head?.id);
    // Sessions of format 1 name no parents; pi rewrites them as soon as it opens them.
    if (head?.type !== "session" || !session_id || typeof head.version !== "number") return null;
    const started = foreignStart(head.timestamp);
    const cwd = stringOf(head.cwd) ?? task.cwd;
    const parent = stringOf(head.parentSession)?.match(/_([0-9a-f-]{36})\.jsonl$/)?.[1];
    const forked_from = parent ? threadIdFor("pi", parent) : null;
    const kind = (line: Foreign) => kindName(line.type);
    const reader = (losses: Losses) => new PiReader(started, cwd, losses);
    const thread_id = threadIdFor("pi", session_id);
    const threads = treeThreads(file, { thread_id, started, cwd, forked_from, node: nodeOf, kind, reader }, task);
    // The head stands beside the tree, and is no loss.
    delete task.losses.skipped.session;
    return threads;
  },
};

function nodeOf(line: Foreign): ChainNode | null {
  const { id, type } = line;
  if (typeof id !== "string" || !("parentId" in line)) return null;
  const { role } = objectOf(line.message);
  const speaks = type === "message" && (role === "user" || role === "assistant");
  return { id, parent: stringOf(line.parentId), speaks, ends: true, group: null, calls: [], answers: [] };
}

function headOf(file: ForeignFile): SessionHead {
  const head: SessionHead = { cwd: null, title: "" };
  let lines = 0;
  for (const line of file.lines()) {
    if (line.type === "session") head.cwd = stringOf(line.cwd);
    const { role, content } = objectOf(line.message);
    const said = role === "user" ? piParts(content) : [];
    head.title = headTitle(said.map((part) => ("text" in part ? part.text : "")).join(" "));
    if (head.title !== "" || ++lines > HEAD_LINES) break;
  }
  return head;
}
