import { basename, dirname, join } from "node:path";
import { type ContentPart, type Json, promptText } from "../../../protocol/index.ts";
import type { ImportRecord, SessionHead, SourceAgent, SourceThread } from "../contract.ts";
import { HEAD_LINES, headTitle, sessionsBelow } from "../find.ts";
import {
  countOf,
  type Foreign,
  foreignStart,
  imageUrl,
  kindName,
  listOf,
  objectOf,
  stringOf,
  timeOf,
} from "../foreign.ts";
import { ForeignFile } from "../foreign-file.ts";
import type { Losses } from "../losses.ts";
import { type CallKind, changeOf } from "../shown.ts";
import { Teller, type ToldResult } from "../teller.ts";
import { threadIdFor } from "../tree-thread.ts";

const SESSION = /(?:^|\/)events\.jsonl$/;

/** Copilot CLI (seen: 1.0.102): `COPILOT_HOME/session-state/UUID/events.jsonl`. */
export const copilot: SourceAgent = {
  name: "Copilot CLI",
  files: { one: "a session of Copilot CLI", many: "sessions of Copilot CLI" },
  find: ({ env, home }, below) =>
    sessionsBelow(below ?? join(env.COPILOT_HOME || join(home, ".copilot"), "session-state"), SESSION),
  head: ({ file }) => headOf(new ForeignFile(file)),
  open(file, task) {
    const head = file.first();
    if (head?.type !== "session.start") return null;
    const data = objectOf(head.data);
    const session_id = stringOf(data.sessionId) ?? basename(dirname(file.path));
    const started = timeOf(data.startTime) ?? foreignStart(head.timestamp);
    const cwd = stringOf(objectOf(data.context).cwd) ?? task.cwd;
    const records = recordsOf(file, new CopilotReader(started, cwd, task.losses), task.losses);
    return [
      { thread_id: threadIdFor("copilot", session_id), started, cwd, forked_from: null, records },
    ] satisfies SourceThread[];
  },
};

function headOf(file: ForeignFile): SessionHead {
  const head: SessionHead = { cwd: null, title: "" };
  let lines = 0;
  for (const { type, data } of file.lines()) {
    if (type === "session.start") head.cwd = stringOf(objectOf(objectOf(data).context).cwd);
    if (type === "user.message") head.title = headTitle(stringOf(objectOf(data).content) ?? "");
    if (head.title !== "" || ++lines > HEAD_LINES) break;
  }
  return head;
}

function* recordsOf(file: ForeignFile, reader: CopilotReader, losses: Losses): Generator<ImportRecord> {
  for (const line of file.lines()) {
    reader.take(line);
    yield* reader.teller.told();
  }
  yield* reader.teller.ended();
  file.tell(losses);
}

/** Says nothing of a conversation that the other lines do not say. */
const ABOUT = new Set([
  "session.start",
  "assistant.turn_start",
  "assistant.turn_end",
  "tool.execution_start",
  "session.resume",
]);

/** Events of one session, in a chain. */
class CopilotReader {
  readonly teller: Teller;
  readonly #losses: Losses;
  readonly #cwd: string;
  /** Images, by the names that results have for them. */
  readonly #assets = new Map<string, string>();

  constructor(started: string, cwd: string, losses: Losses) {
    this.teller = new Teller("copilot", started, cwd);
    this.#cwd = cwd;
    this.#losses = losses;
  }

  take(line: Foreign): void {
    const { teller } = this;
    const [type, data] = [kindName(line.type), objectOf(line.data)];
    teller.at = timeOf(line.timestamp) ?? teller.at;
    teller.tag = stringOf(line.id) ?? "";
    // What a subagent said is not of this conversation; its result is.
    if (typeof data.parentToolCallId === "string") {
      this.#losses.skip("line of a subagent");
      return;
    }
    switch (type) {
      case "user.message":
        teller.prompt(this.#prompt(data));
        return;
      case "assistant.message":
        this.#answer(data);
        return;
      case "tool.execution_complete":
        teller.result(stringOf(data.toolCallId) ?? "", this.#resultOf(data));
        return;
      case "session.usage_record":
        this.#count(objectOf(data.usage));
        return;
      case "session.binary_asset":
        this.#keep(data);
        return;
      case "session.compaction_complete":
        this.#compact(data);
        return;
      case "session.snapshot_rewind":
        this.#rewind(stringOf(data.upToEventId) ?? "");
        return;
      case "session.error":
        teller.error(stringOf(data.message) ?? "");
        return;
      case "abort":
        teller.end(stringOf(data.reason) ?? "interrupted");
        return;
      default:
        if (!ABOUT.has(type)) this.#losses.skip(type);
    }
  }

  #prompt({ content, attachments }: Foreign): ContentPart[] {
    const text = stringOf(content) ?? "";
    const images = listOf(attachments).flatMap((one) => this.#image(one));
    return [...(text === "" ? [] : [{ type: "input_text" as const, text }]), ...images];
  }

  #answer(data: Foreign): void {
    const { teller } = this;
    teller.model(stringOf(data.model));
    teller.think(stringOf(data.reasoningText) ?? "");
    teller.say(stringOf(data.content) ?? "");
    for (const call of listOf(data.toolRequests)) {
      const [name, args] = [stringOf(call.name) ?? "", objectOf(call.arguments)];
      teller.call(stringOf(call.toolCallId) ?? "", name, args as Json, callKind(name, args, this.#cwd));
    }
  }

  #resultOf({ result, error, success, shellExecution }: Foreign): ToldResult {
    const { content, binaryResultsForLlm } = objectOf(result);
    const text = stringOf(content) ?? stringOf(objectOf(error).message) ?? "";
    const images = listOf(binaryResultsForLlm).flatMap((one) => this.#image(one));
    const { exitCode } = objectOf(shellExecution);
    const exit_code = typeof exitCode === "number" ? exitCode : success === false ? -1 : 0;
    const output: ToldResult["output"] = images.length === 0 ? text : [{ type: "input_text", text }, ...images];
    return { output, exit_code, failed: success === false || exit_code !== 0 };
  }

  #image({ assetId, mimeType, data }: Foreign): ContentPart[] {
    const url = typeof data === "string" ? imageUrl(mimeType, data) : this.#assets.get(kindName(assetId));
    return url === undefined || url === null ? [] : [{ type: "input_image", image_url: url }];
  }

  #keep({ assetId, mimeType, data }: Foreign): void {
    const url = imageUrl(mimeType, data);
    if (url !== null) this.#assets.set(kindName(assetId), url);
    else this.#losses.skip("session.binary_asset");
  }

  #count(usage: Foreign): void {
    this.teller.use({
      input_tokens: countOf(usage.inputTokens),
      cached_input_tokens: countOf(usage.cacheReadTokens),
      cache_write_input_tokens: countOf(usage.cacheWriteTokens),
      output_tokens: countOf(usage.outputTokens),
      reasoning_output_tokens: countOf(usage.reasoningTokens),
    });
  }

  /** What a person said stays, and the summary comes after it. */
  #compact({ success, summaryContent }: Foreign): void {
    if (success === false || typeof summaryContent !== "string") {
      this.#losses.skip("compaction without a summary");
      return;
    }
    const { teller } = this;
    const said = teller.parts().filter(({ items }) => items.some((item) => promptText(item) !== null));
    const content = [{ type: "input_text" as const, text: summaryContent }];
    teller.replace("compacted", [...said, { tag: teller.tag, items: [{ type: "message", role: "user", content }] }]);
  }

  #rewind(to: string): void {
    const parts = this.teller.parts();
    const at = parts.findIndex(({ tag }) => tag === to);
    if (at === -1) {
      this.#losses.skip("session.snapshot_rewind");
      return;
    }
    this.teller.end(null);
    this.teller.replace("rewound", parts.slice(0, at));
  }
}

function callKind(name: string, args: Foreign, cwd: string): CallKind | null {
  const path = stringOf(args.path);
  if (name === "bash" || name === "powershell") return { type: "command", command: stringOf(args.command) ?? "" };
  if (name === "create" && path !== null) return { type: "patch", changes: [changeOf(path, "add", cwd)] };
  if ((name === "edit" || name === "str_replace") && path !== null)
    return { type: "patch", changes: [changeOf(path, "update", cwd)] };
  return null;
}
