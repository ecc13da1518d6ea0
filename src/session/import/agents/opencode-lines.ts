import type { ContentPart, Json } from "../../../protocol/index.ts";
import { countOf, type Foreign, isObject, kindName, listOf, objectOf, stringOf, timeOf } from "../foreign.ts";
import type { Losses } from "../losses.ts";
import { type CallKind, changeOf } from "../shown.ts";
import { Teller, type ToldResult } from "../teller.ts";

/** Parts that say nothing of a conversation: where it was in git, and where steps began. */
const ABOUT = new Set(["step-start", "snapshot", "patch"]);

/** Tells the messages of a session of opencode, each with its parts. */
export class OpencodeReader {
  readonly teller: Teller;
  readonly #losses: Losses;
  readonly #cwd: string;
  /** Results of calls that were made side by side: they are told when all of them were. */
  #results: { id: string; result: ToldResult }[] = [];

  constructor(started: string, cwd: string, losses: Losses) {
    this.teller = new Teller("opencode", started, cwd);
    this.#cwd = cwd;
    this.#losses = losses;
  }

  take(message: Foreign, parts: Iterable<Foreign>): void {
    const { teller } = this;
    teller.at = timeOf(objectOf(message.time).created) ?? teller.at;
    teller.tag = stringOf(message.id) ?? "";
    if (message.role === "user") this.#user(message, [...parts]);
    else if (message.role === "assistant") this.#answer(message, [...parts]);
    else this.#losses.skip(`${kindName(message.role)} message`);
  }

  /** What a person took back is there until the next prompt, and not in force. */
  takeBack(revert: Foreign | null): void {
    const parts = this.teller.parts();
    const at = parts.findIndex(({ tag }) => tag === revert?.messageID);
    if (at === -1) return;
    this.teller.end(null);
    this.teller.replace("rewound", parts.slice(0, at));
  }

  #user(message: Foreign, parts: Foreign[]): void {
    const { teller } = this;
    teller.planning(message.agent === "plan" || message.mode === "plan");
    teller.model(stringOf(objectOf(message.model).modelID));
    // What the program put in beside the words of a person: files that were named, as they were read.
    const synthetic = parts.filter(({ type, synthetic: made }) => type === "text" && made === true);
    const said = parts.filter((part) => !synthetic.includes(part)).flatMap((part) => this.#said(part));
    teller.prompt(said);
    teller.context(
      synthetic.flatMap(({ text }) =>
        typeof text === "string" && text !== "" ? [{ type: "input_text" as const, text }] : [],
      ),
    );
  }

  #said(part: Foreign): ContentPart[] {
    if (part.type === "text" && typeof part.text === "string" && part.text !== "")
      return [{ type: "input_text", text: part.text }];
    const image = imageOf(part);
    // A compaction is told with its summary.
    if (image.length === 0 && part.type !== "text" && part.type !== "compaction")
      this.#losses.skip(`part ${kindName(part.type)}`);
    return image;
  }

  #answer(message: Foreign, parts: Foreign[]): void {
    const { teller } = this;
    teller.model(stringOf(message.modelID));
    const steps = parts.filter(({ type }) => type === "step-finish");
    if (message.summary === true) this.#compact(parts);
    else for (const part of parts) this.#part(part, stringOf(message.providerID) ?? "opencode");
    this.#tellResults();
    for (const { tokens } of steps.length > 0 ? steps : [message]) this.#count(tokens);
    if (!isObject(message.error)) return;
    const why = stringOf(objectOf(message.error.data).message) ?? stringOf(message.error.name) ?? "failed";
    if (message.error.name === "MessageAbortedError") teller.end("interrupted");
    else teller.error(why);
  }

  #part(part: Foreign, provider: string): void {
    const text = stringOf(part.text) ?? "";
    if (part.type !== "tool") this.#tellResults();
    if (part.type === "text") this.teller.say(text);
    else if (part.type === "reasoning") this.teller.think(text, { provider, ...signed(objectOf(part.metadata)) });
    else if (part.type === "tool") this.#call(part);
    else if (!ABOUT.has(kindName(part.type)) && part.type !== "step-finish")
      this.#losses.skip(`part ${kindName(part.type)}`);
  }

  #call(part: Foreign): void {
    const [id, name, state] = [stringOf(part.callID) ?? "", stringOf(part.tool) ?? "", objectOf(part.state)];
    const input = objectOf(state.input);
    this.teller.call(id, name, input as Json, callKind(name, input, this.#cwd));
    const result = resultOf(state);
    if (result) this.#results.push({ id, result });
  }

  #tellResults(): void {
    for (const { id, result } of this.#results) this.teller.result(id, result);
    this.#results = [];
  }

  #compact(parts: Foreign[]): void {
    const text = parts.flatMap((part) => (part.type === "text" ? [stringOf(part.text) ?? ""] : [])).join("\n");
    const content = [{ type: "input_text" as const, text }];
    if (text !== "")
      this.teller.replace("compacted", [{ tag: this.teller.tag, items: [{ type: "message", role: "user", content }] }]);
  }

  /** Neither the cache is in the input, nor thinking in the output. */
  #count(tokens: unknown): void {
    if (!isObject(tokens)) return;
    const cache = objectOf(tokens.cache);
    const [read, written, thinking] = [countOf(cache.read), countOf(cache.write), countOf(tokens.reasoning)];
    this.teller.use({
      input_tokens: countOf(tokens.input) + read + written,
      cached_input_tokens: read,
      cache_write_input_tokens: written,
      output_tokens: countOf(tokens.output) + thinking,
      reasoning_output_tokens: thinking,
    });
  }
}

/** What a call came to; null: it never ended. */
function resultOf(state: Foreign): ToldResult | null {
  if (state.status !== "completed" && state.status !== "error") return null;
  const failed = state.status === "error";
  const text = stringOf(failed ? state.error : state.output) ?? "";
  const { exit } = objectOf(state.metadata);
  const exit_code = typeof exit === "number" ? exit : failed ? -1 : 0;
  const images = listOf(state.attachments).flatMap(imageOf);
  const output: ToldResult["output"] = images.length === 0 ? text : [{ type: "input_text", text }, ...images];
  return { output, exit_code, failed: failed || exit_code !== 0 };
}

function imageOf({ type, mime, url }: Foreign): ContentPart[] {
  const image = type === "file" && typeof mime === "string" && mime.startsWith("image/") && typeof url === "string";
  return image && url.startsWith("data:") ? [{ type: "input_image", image_url: url }] : [];
}

/** What the provider wants back with thinking: notes of the library that opencode speaks to it through. */
function signed({ anthropic, openai }: Foreign) {
  const signature = stringOf(objectOf(anthropic).signature);
  const { itemId, reasoningEncryptedContent } = objectOf(openai);
  return {
    ...(signature === null ? {} : { signature }),
    ...(typeof itemId === "string" ? { id: itemId } : {}),
    ...(typeof reasoningEncryptedContent === "string" ? { encrypted_content: reasoningEncryptedContent } : {}),
  };
}

function callKind(name: string, input: Foreign, cwd: string): CallKind | null {
  const path = stringOf(input.filePath);
  if (name === "bash") return { type: "command", command: stringOf(input.command) ?? "" };
  if (name === "write" && path !== null) return { type: "patch", changes: [changeOf(path, "add", cwd)] };
  if (name === "edit" && path !== null) return { type: "patch", changes: [changeOf(path, "update", cwd)] };
  if (name !== "todowrite") return null;
  const items = listOf(input.todos).map(({ content, status }) => ({
    text: stringOf(content) ?? "",
    completed: status === "completed",
  }));
  return { type: "plan", items };
}
