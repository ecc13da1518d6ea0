import { dirname, join } from "node:path";
import { readRegular } from "../../../base/index.ts";
import type { HistoryItem } from "../../../protocol/index.ts";
import type { ImportRecord, SourceAgent, SourceThread } from "../contract.ts";
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
import { threadIdFor } from "../tree-thread.ts";
import { googleKind, spokenParts, tellAnswer, tellResults, toldItems, usageOfParts } from "./google-parts.ts";

const SESSION = /(?:^|\/)session-[^/]+\.jsonl?$/;

/** Most bytes of the file that names a project's directory. */
const MAX_PATH = 16 * 1024;

/** gemini-cli (seen: 0.61; before, one JSON document): `~/.gemini/tmp/PROJECT/chats/session-*.jsonl`. */
export const gemini: SourceAgent = {
  name: "gemini-cli",
  files: { one: "a session of gemini-cli", many: "sessions of gemini-cli" },
  find: ({ home }, below) => sessionsBelow(below ?? join(home, ".gemini", "tmp"), SESSION),
  head({ file }) {
    let [title, lines] = ["", 0];
    for (const line of linesOf(new ForeignFile(file))) {
      title = promptOf(line);
      if (title !== "" || ++lines > HEAD_LINES) break;
    }
    return { cwd: rootOf(file), title };
  },
  open(file, task) {
    const head = headOf(file);
    const session_id = stringOf(head?.sessionId);
    // Others name sessions so, too; a project by its hash is gemini-cli's alone.
    if (!head || !session_id || typeof head.projectHash !== "string") return null;
    const started = foreignStart(head.startTime);
    const cwd = rootOf(file.path) ?? task.cwd;
    const records = recordsOf(
      file,
      new GeminiReader(new Teller("gemini", started, cwd), cwd, task.losses),
      task.losses,
    );
    return [
      { thread_id: threadIdFor("gemini", session_id), started, cwd, forked_from: null, records },
    ] satisfies SourceThread[];
  },
};

/** The lines of a file; a document of the old form is its head and then its messages. */
function* linesOf(file: ForeignFile): Generator<Foreign> {
  const document = file.document();
  if (document === null || !Array.isArray(document.messages)) return yield* file.lines();
  const { messages, ...head } = document;
  yield head;
  yield* listOf(messages);
}

function headOf(file: ForeignFile): Foreign | null {
  for (const line of linesOf(file)) return line;
  return null;
}

/** The project's directory stands in a file two levels above its sessions. */
function rootOf(file: string): string | null {
  const read = readRegular(join(dirname(dirname(file)), ".project_root"), MAX_PATH);
  return read.ok ? read.bytes.toString("utf8").trim() || null : null;
}

const isContext = ({ content }: Foreign) =>
  /^\s*<session_context>/.test(stringOf(content) ?? stringOf(listOf(content)[0]?.text) ?? "");

function promptOf(message: Foreign): string {
  if (message.type !== "user" || isContext(message)) return "";
  return headTitle(
    spokenParts(message.content)
      .map((part) => ("text" in part ? part.text : ""))
      .join(" "),
  );
}

function* recordsOf(file: ForeignFile, reader: GeminiReader, losses: Losses): Generator<ImportRecord> {
  for (const line of linesOf(file)) {
    reader.take(line);
    yield* reader.teller.told();
  }
  yield* reader.finish();
  file.tell(losses);
}

/** A session that went on has an answer and the results of its calls under one id. */
const keyOf = ({ id, type }: Foreign) => `${stringOf(type)} ${stringOf(id)}`;

/** A message is written again when it has grown, so that it is told when the file, or the history that it is in, is over. */
class GeminiReader {
  readonly teller: Teller;
  readonly #losses: Losses;
  readonly #kind: ReturnType<typeof googleKind>;
  /** Messages in force, by `keyOf`, in order. */
  #messages = new Map<string, Foreign>();
  readonly #told = new Set<string>();
  #list: Foreign[] | null = null;
  /** Answers whose tokens were counted: they are told again behind a compaction. */
  readonly #counted = new Set<string>();

  constructor(teller: Teller, cwd: string, losses: Losses) {
    this.teller = teller;
    this.#kind = googleKind(cwd);
    this.#losses = losses;
  }

  take(line: Foreign): void {
    const id = stringOf(line.id);
    if (isObject(line.$set)) {
      if (Array.isArray(line.$set.messages)) this.#list = listOf(line.$set.messages);
      return;
    }
    if (id !== null) this.#takeList();
    if (typeof line.$rewindTo === "string") this.#rewind(line.$rewindTo);
    else if (id !== null && typeof line.type === "string") this.#messages.set(keyOf(line), line);
    else if (typeof line.sessionId !== "string") this.#losses.skip(kindName(line.type));
  }

  /** A session that goes on is written as a list of its context, and then as one of everything: the last one before a message counts. */
  #takeList(): void {
    const list = this.#list;
    this.#list = null;
    // A context alone is what the program begins with; it was ended before it came to the rest.
    if (list?.some((message) => !isContext(message))) this.#replace("compacted", list);
  }

  *finish(): Generator<ImportRecord> {
    this.#takeList();
    this.#tellAll();
    yield* this.teller.ended();
  }

  #rewind(to: string): void {
    const all = [...this.#messages.values()];
    this.#replace(
      "rewound",
      all.slice(
        0,
        Math.max(
          0,
          all.findIndex(({ id }) => id === to),
        ),
      ),
    );
  }

  /**
   * A list that has all that is there only says it again, and says less of it: what an answer took and called is not in it any more.
   */
  #replace(why: "compacted" | "rewound", list: Foreign[]): void {
    const known = list.filter((message) => typeof message.id === "string");
    const next = new Map(
      known.map((message): [string, Foreign] => [keyOf(message), this.#messages.get(keyOf(message)) ?? message]),
    );
    const gone = [...this.#messages].some(([key, message]) => !next.has(key) && !isContext(message));
    if (gone) {
      this.#tellAll();
      const history = [...next].map(([tag, message]) => ({ tag, items: this.#toldItems(tag, message) }));
      this.teller.replace(why, history);
      for (const key of next.keys()) this.#told.add(key);
    }
    this.#messages = next;
  }

  #toldItems(key: string, message: Foreign): HistoryItem[] {
    return this.#told.has(key) ? this.teller.tagged(key) : toldItems("gemini", (teller) => this.#tell(message, teller));
  }

  #tellAll(): void {
    for (const [id, message] of this.#messages) {
      if (this.#told.has(id)) continue;
      this.#told.add(id);
      this.teller.tag = id;
      this.teller.at = timeOf(message.timestamp) ?? this.teller.at;
      this.#tell(message, this.teller);
      this.#count(id, message.tokens);
    }
  }

  #tell(message: Foreign, teller: Teller): void {
    if (message.type === "user") this.#tellUser(message, teller);
    else if (message.type === "gemini") this.#tellAnswer(message, teller);
    else if (message.type === "error") teller.error(stringOf(message.content) ?? "");
    else this.#losses.skip(kindName(message.type));
  }

  #tellUser(message: Foreign, teller: Teller): void {
    const parts = listOf(message.content);
    if (isContext(message)) {
      this.#losses.skip("session context");
      return;
    }
    if (parts.some(({ functionResponse }) => isObject(functionResponse))) tellResults(teller, parts);
    else teller.prompt(spokenParts(message.content));
  }

  #tellAnswer(message: Foreign, teller: Teller): void {
    teller.model(stringOf(message.model));
    for (const { subject, description } of listOf(message.thoughts))
      teller.think(
        [stringOf(subject) ? `**${stringOf(subject)}**` : "", stringOf(description) ?? ""].filter(Boolean).join("\n\n"),
      );
    if (Array.isArray(message.content)) tellAnswer(teller, listOf(message.content), this.#kind);
    else teller.say(stringOf(message.content) ?? "");
    const calls = listOf(message.toolCalls);
    for (const call of calls) {
      const name = stringOf(call.name) ?? "";
      teller.call(stringOf(call.id) ?? "", name, objectOf(call.args) as never, this.#kind(name, objectOf(call.args)));
    }
    for (const { result } of calls) tellResults(teller, listOf(result));
  }

  #count(id: string, tokens: unknown): void {
    if (!isObject(tokens) || this.#counted.has(id)) return;
    this.#counted.add(id);
    const output = countOf(tokens.output) + countOf(tokens.thoughts);
    this.teller.use(usageOfParts(tokens.input, tokens.cached, output, tokens.thoughts));
  }
}
