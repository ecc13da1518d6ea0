import { basename, join } from "node:path";
import type { ChainNode } from "../chain.ts";
import type { SessionHead, SourceAgent } from "../contract.ts";
import { HEAD_LINES, headTitle, sessionsBelow } from "../find.ts";
import { type Foreign, foreignStart, kindName, objectOf, stringOf } from "../foreign.ts";
import { ForeignFile } from "../foreign-file.ts";
import { threadIdFor, treeThreads } from "../tree-thread.ts";
import { blocksOf, ClaudeReader, isPrompt } from "./claude-lines.ts";

/** Sessions lie in a directory a project; what lies deeper belongs to agents of their own. */
const SESSION = /^(?:[^/]+\/)?[0-9a-f]{8}-[0-9a-f-]{27}\.jsonl$/;

/** Lines of a conversation; others are about it. */
const SPOKEN = new Set(["user", "assistant", "system", "attachment"]);

/** Claude Code (seen: 2.1.332): `CLAUDE_CONFIG_DIR/projects/DIR/UUID.jsonl`. */
export const claude: SourceAgent = {
  name: "Claude Code",
  files: { one: "a session of Claude Code", many: "sessions of Claude Code" },
  find: ({ env, home }, below) =>
    sessionsBelow(below ?? join(env.CLAUDE_CONFIG_DIR || join(home, ".claude"), "projects"), SESSION),
  head: ({ file }) => headOf(new ForeignFile(file)),
  open(file, task) {
    const first = file.first(isSpoken);
    const session_id = basename(file.path).match(/^([0-9a-f-]{36})\.jsonl$/)?.[1] ?? stringOf(first?.sessionId);
    if (!first || !session_id) return null;
    const cwd = stringOf(first.cwd) ?? task.cwd;
    const started = foreignStart(first.timestamp);
    const reader = (losses: typeof task.losses) => new ClaudeReader(started, cwd, losses);
    const thread_id = threadIdFor("claude", session_id);
    return treeThreads(
      file,
      { thread_id, started, cwd, forked_from: null, node: nodeOf, kind: lineKind, reader },
      task,
    );
  },
};

/** A message in its program's form: qwen-code writes lines that are alike, but their messages have parts. */
function isSpoken(line: Foreign): boolean {
  const { content } = objectOf(line.message);
  const message = line.type === "user" || line.type === "assistant";
  return message && (typeof content === "string" || Array.isArray(content)) && typeof line.sessionId === "string";
}

const lineKind = (line: Foreign) => (line.isSidechain === true ? "line of a subagent" : kindName(line.type));

function nodeOf(line: Foreign): ChainNode | null {
  const { type, uuid } = line;
  if (typeof uuid !== "string" || !SPOKEN.has(kindName(type)) || line.isSidechain === true) return null;
  const message = objectOf(line.message);
  const blocks = blocksOf(message.content);
  const ids = (kind: string, key: string) =>
    blocks.flatMap((block) => (block.type === kind && typeof block[key] === "string" ? [block[key]] : []));
  const answers = type === "user" ? ids("tool_result", "tool_use_id") : [];
  const speaks = type === "assistant" || isPrompt(line);
  return {
    id: uuid,
    // Behind a compaction the way goes on to what it is about.
    parent: stringOf(line.parentUuid) ?? stringOf(line.logicalParentUuid),
    speaks,
    ends: speaks || (type === "user" && line.isMeta !== true),
    group: type === "assistant" ? stringOf(message.id) : null,
    calls: type === "assistant" ? ids("tool_use", "id") : [],
    answers,
  };
}

function headOf(file: ForeignFile): SessionHead {
  const head: SessionHead = { cwd: null, title: "" };
  let lines = 0;
  for (const line of file.lines()) {
    head.cwd ??= stringOf(line.cwd);
    if (isPrompt(line))
      head.title = headTitle(
        blocksOf(objectOf(line.message).content)
          .map(({ text }) => text ?? "")
          .join(" "),
      );
    if (head.title !== "" || ++lines > HEAD_LINES) break;
  }
  return head;
}
