import { join } from "node:path";
import { promptText } from "../../../protocol/index.ts";
import type { SessionHead, SourceAgent } from "../contract.ts";
import { HEAD_LINES, headTitle, sessionsBelow } from "../find.ts";
import { stringOf } from "../foreign.ts";
import { ForeignFile } from "../foreign-file.ts";
import { historyItem } from "./codex-history.ts";
import { codexThread } from "./codex-import.ts";
import { CodexFile } from "./codex-lines.ts";

const ROLLOUT = /(?:^|\/)rollout-[^/]+\.(?:jsonl|jsonl\.zst|json)$/;

/** The Codex CLI: `CODEX_HOME/sessions` and `archived_sessions`. */
export const codex: SourceAgent = {
  name: "Codex",
  files: { one: "a Codex rollout", many: "Codex rollouts" },
  find({ env, home }, below) {
    if (below !== null) return sessionsBelow(below, ROLLOUT);
    const base = env.CODEX_HOME || join(home, ".codex");
    return ["sessions", "archived_sessions"].flatMap((name) => sessionsBelow(join(base, name), ROLLOUT));
  },
  head: ({ file }) => headOf(new CodexFile(new ForeignFile(file))),
  open(file, task) {
    const thread = codexThread(file, task);
    return thread && [thread];
  },
};

function headOf(file: CodexFile): SessionHead {
  const head: SessionHead = { cwd: null, title: "" };
  let lines = 0;
  for (const { type, payload } of file.lines()) {
    if (type === "session_meta") head.cwd = stringOf(payload.cwd);
    const item = type === "response_item" ? historyItem(payload, null) : null;
    head.title = headTitle((item && promptText(item)) ?? "");
    if (head.title !== "" || ++lines > HEAD_LINES) break;
  }
  return head;
}
