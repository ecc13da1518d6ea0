import { join } from "node:path";
import type { HistoryItem } from "../../../protocol/index.ts";
import type { ChainNode } from "../chain.ts";
import type { SessionHead, SourceAgent } from "../contract.ts";
import { HEAD_LINES, headTitle, sessionsBelow } from "../find.ts";
import {
  countOf,
  type Foreign,
  foreignStart,
  isObject,
  kindName,
  listOf,
  objectOf,
  stringOf,
  timeOf,
} from "../foreign.ts";
import { ForeignFile } from "../foreign-file.ts";
import type { Losses } from "../losses.ts";
import { Teller } from "../teller.ts";
import { type LineTeller, threadIdFor, treeThreads } from "../tree-thread.ts";
import { googleKind, spokenParts, tellAnswer, tellResults, toldItems, usageOfParts } from "./google-parts.ts";

const SESSION = /(?:^|\/)chats\/[^/]+\.jsonl$/;

/** qwen-code (seen: 0.24.4): `~/.qwen/projects/DIR/chats/UUID.jsonl`. */
export const qwen: SourceAgent = {
  name: "qwen-code",
  files: { one: "a session of qwen-code", many: "sessions of qwen-code" },
  find: ({ home }, below) =>
    sessionsBelow(below ?? join(home, ".qwen", "projects"), below === null ? SESSION : /\.jsonl$/),
  head: ({ file }) => headOf(new ForeignFile(file)),
  open(file, task) {
    const first = file.first();
    const session_id = stringOf(first?.sessionId);
    if (!first || !session_id || nodeOf(first) === null) return null;
    const cwd = stringOf(first.cwd) ?? task.cwd;
    const started = foreignStart(first.timestamp);
    const kind = (line: Foreign) => kindName(line.type);
    const reader = (losses: Losses) => new QwenReader(started, cwd, losses);
    const thread_id = threadIdFor("qwen", session_id);
    return treeThreads(file, { thread_id, started, cwd, forked_from: null, node: nodeOf, kind, reader }, task);
  },
};

const LINES = new Set(["user", "assistant", "tool_result", "system"]);

/** What a person said; the program puts words into the user's mouth, too, and says so since it writes `provenance`. */
const isPerson = ({ type, provenance }: Foreign) =>
  type === "user" && (provenance === undefined || provenance === "real_user");

function nodeOf(line: Foreign): ChainNode | null {
  const { uuid, type } = line;
  // A message that is no object would be an assistant's in older files of another program.
  if (typeof uuid !== "string" || !LINES.has(kindName(type)) || (type !== "system" && !isParts(line.message)))
    return null;
  const speaks = type === "assistant" || isPerson(line);
  return { id: uuid, parent: stringOf(line.parentUuid), speaks, ends: true, group: null, calls: [], answers: [] };
}

const isParts = (message: unknown) => isObject(message) && Array.isArray(message.parts);

function headOf(file: ForeignFile): SessionHead {
  const head: SessionHead = { cwd: null, title: "" };
  let lines = 0;
  for (const line of file.lines()) {
    head.cwd ??= stringOf(line.cwd);
    const said = isPerson(line) ? spokenParts(objectOf(line.message).parts) : [];
    head.title = headTitle(said.map((part) => ("text" in part ? part.text : "")).join(" "));
    if (head.title !== "" || ++lines > HEAD_LINES) break;
  }
  return head;
}

class QwenReader implements LineTeller {
  readonly teller: Teller;
  readonly #losses: Losses;
  readonly #kind: ReturnType<typeof googleKind>;

  constructor(started: string, cwd: string, losses: Losses) {
    this.teller = new Teller("qwen", started, cwd);
    this.#kind = googleKind(cwd);
    this.#losses = losses;
  }

  take(line: Foreign): void {
    this.teller.at = timeOf(line.timestamp) ?? this.teller.at;
    const parts = listOf(objectOf(line.message).parts);
    if (line.type === "tool_result") tellResults(this.teller, parts);
    else if (line.type === "assistant") this.#answer(line, parts);
    else if (line.type === "system") this.#system(line);
    else if (isPerson(line)) this.teller.prompt(spokenParts(parts));
    else this.teller.context(spokenParts(parts));
  }

  #answer(line: Foreign, parts: Foreign[]): void {
    this.teller.model(stringOf(line.model));
    tellAnswer(this.teller, parts, this.#kind);
    if (!isObject(line.usageMetadata)) return;
    const { promptTokenCount, cachedContentTokenCount, totalTokenCount, candidatesTokenCount, thoughtsTokenCount } =
      line.usageMetadata;
    // Servers differ in whether thinking is in the answer's count; the total knows.
    const output = countOf(totalTokenCount) - countOf(promptTokenCount);
    const answered = output > 0 ? output : countOf(candidatesTokenCount);
    this.teller.use(usageOfParts(promptTokenCount, cachedContentTokenCount, answered, thoughtsTokenCount));
  }

  #system(line: Foreign): void {
    const history = objectOf(line.systemPayload).compressedHistory;
    if (line.subtype !== "chat_compression" || !Array.isArray(history)) {
      this.#losses.skip(`system ${stringOf(line.subtype) ?? ""}`.trim());
      return;
    }
    const items = toldItems("qwen", (teller) => {
      for (const { role, parts } of listOf(history)) this.#retell(teller, role, listOf(parts));
    });
    this.teller.replace("compacted", [{ tag: "", items: items satisfies HistoryItem[] }]);
  }

  #retell(teller: Teller, role: unknown, parts: Foreign[]): void {
    if (role === "model") tellAnswer(teller, parts, this.#kind);
    else if (parts.some(({ functionResponse }) => isObject(functionResponse))) tellResults(teller, parts);
    else teller.steer(spokenParts(parts));
  }
}
