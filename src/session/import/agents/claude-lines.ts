import type { ContentPart, Json, Usage } from "../../../protocol/index.ts";
import { countOf, type Foreign, imageUrl, kindName, listOf, objectOf, stringOf, timeOf } from "../foreign.ts";
import type { Losses } from "../losses.ts";
import { Teller } from "../teller.ts";
import type { LineTeller } from "../tree-thread.ts";
import { CLAUDE_PROVIDER, claudeKind } from "./claude-tools.ts";

/** Attachments that carry what a person pointed at; others are what the program tells its model about itself. */
const POINTED_AT = new Set([
  "file",
  "directory",
  "edited_text_file",
  "mcp_resource",
  "selected_lines_in_ide",
  "opened_file_in_ide",
]);

/** User lines that no person wrote: commands of the program and what it printed for them. */
const OF_THE_PROGRAM =
  /^\s*<(?:command-name|command-message|local-command-stdout|local-command-stderr|local-command-caveat|bash-input|bash-stdout)>/;

/** Of those, what its model had no use for either. */
const FOR_NOBODY = /^\s*<(?:command-|local-command-)/;

const INTERRUPTED = /^\[Request interrupted by user(?: for tool use)?\]$/;

/** The blocks of a message, whose content may be a text alone. */
export function blocksOf(content: unknown): Foreign[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : listOf(content);
}

/** Whether a person spoke in a line. */
export function isPrompt(line: Foreign): boolean {
  if (line.type !== "user" || line.isMeta === true || line.isCompactSummary === true || line.isSidechain === true)
    return false;
  const blocks = blocksOf(objectOf(line.message).content);
  const text = blocks.map((block) => stringOf(block.text) ?? "").join("\n");
  return (
    blocks.some(({ type }) => type === "text" || type === "image") &&
    !OF_THE_PROGRAM.test(text) &&
    !INTERRUPTED.test(text)
  );
}

/** Tells the lines of a session of Claude Code. */
export class ClaudeReader implements LineTeller {
  readonly teller: Teller;
  readonly #losses: Losses;
  readonly #cwd: string;
  /** What was counted of each answer: each of its lines says all that it took. */
  readonly #counted = new Map<string, Usage>();
  /** Lines that stay as they are when the history is compacted next. */
  #preserved: string[] = [];

  constructor(started: string, cwd: string, losses: Losses) {
    this.teller = new Teller("claude", started, cwd);
    this.#cwd = cwd;
    this.#losses = losses;
  }

  take(line: Foreign): void {
    this.teller.at = timeOf(line.timestamp) ?? this.teller.at;
    this.teller.tag = stringOf(line.uuid) ?? "";
    if (line.type === "assistant") this.#answer(line);
    else if (line.type === "user") this.#user(line);
    else if (line.type === "attachment") this.#attachment(objectOf(line.attachment), line);
    else if (line.subtype === "compact_boundary") this.#preserved = preservedOf(objectOf(line.compactMetadata));
    else this.#losses.skip(`system ${stringOf(line.subtype) ?? ""}`.trim());
  }

  #answer(line: Foreign): void {
    const message = objectOf(line.message);
    const model = stringOf(message.model);
    if (line.isApiErrorMessage === true || model === "<synthetic>") {
      this.teller.error(
        blocksOf(message.content)
          .map(({ text }) => stringOf(text) ?? "")
          .join("\n"),
      );
      return;
    }
    this.teller.model(model);
    for (const block of blocksOf(message.content)) this.#block(block);
    this.#count(
      `${stringOf(line.requestId) ?? stringOf(line.requestRef) ?? ""} ${stringOf(message.id) ?? ""}`,
      message.usage,
    );
  }

  #block(block: Foreign): void {
    const text = (key: string) => stringOf(block[key]) ?? "";
    switch (block.type) {
      case "text":
        this.teller.say(text("text"));
        return;
      case "thinking":
        this.teller.think(text("thinking"), {
          provider: CLAUDE_PROVIDER,
          ...(block.signature ? { signature: text("signature") } : {}),
        });
        return;
      case "redacted_thinking":
        this.teller.think("", { provider: CLAUDE_PROVIDER, encrypted_content: `redacted_thinking:${text("data")}` });
        return;
      case "tool_use":
        this.teller.call(
          text("id"),
          text("name"),
          block.input as Json,
          claudeKind(text("name"), objectOf(block.input), this.#cwd),
        );
        return;
      default:
        this.#losses.skip(`block ${kindName(block.type)}`);
        return;
    }
  }

  /** Lines of one answer repeat what it took, and the last one knows best. */
  #count(answer: string, usage: unknown): void {
    const used = usageOfClaude(objectOf(usage));
    const before = this.#counted.get(answer);
    this.#counted.set(answer, used);
    const more = before
      ? Object.fromEntries(Object.entries(used).map(([key, value]) => [key, value - before[key as keyof Usage]]))
      : {};
    this.teller.use({ ...used, ...more });
  }

  #user(line: Foreign): void {
    const blocks = blocksOf(objectOf(line.message).content);
    if (line.isCompactSummary === true) {
      this.#compact(contentOf(blocks));
      return;
    }
    if (typeof line.permissionMode === "string") this.teller.planning(line.permissionMode === "plan");
    for (const block of blocks) if (block.type === "tool_result") this.#result(block);
    const said = contentOf(blocks);
    const text = said.map((part) => ("text" in part ? part.text : "")).join("\n");
    if (INTERRUPTED.test(text)) this.teller.end("interrupted");
    else if (isPrompt(line)) this.teller.prompt(said);
    else if (FOR_NOBODY.test(text)) this.#losses.skip("line of the program itself");
    else this.teller.context(said);
  }

  #result(block: Foreign): void {
    const failed = block.is_error === true;
    const parts = contentOf(blocksOf(block.content));
    const output = parts.every((part) => part.type === "input_text")
      ? parts.map((part) => ("text" in part ? part.text : "")).join("\n")
      : parts;
    const code = typeof output === "string" ? output.match(/^(?:Error: )?Exit code (\d+)$/m)?.[1] : undefined;
    const exit_code = failed ? (code === undefined ? -1 : Number(code)) : 0;
    this.teller.result(stringOf(block.tool_use_id) ?? "", { output, exit_code, failed });
  }

  #attachment(attachment: Foreign, line: Foreign): void {
    const type = stringOf(attachment.type) ?? "";
    if (type === "queued_command") {
      this.teller.steer(contentOf(blocksOf(attachment.prompt)));
      return;
    }
    if (!POINTED_AT.has(type)) {
      this.#losses.skip(`attachment ${kindName(type)}`);
      return;
    }
    const rendered = listOf(line.rendered).flatMap(({ content }) => contentOf(blocksOf(content)));
    this.teller.context(rendered.length > 0 ? rendered : contentOf(blocksOf(attachment.content)));
  }

  #compact(summary: ContentPart[]): void {
    const { teller } = this;
    const kept = this.#preserved.map((tag) => ({ tag, items: teller.tagged(tag) }));
    this.#preserved = [];
    teller.replace("compacted", [
      { tag: teller.tag, items: [{ type: "message", role: "user", content: summary }] },
      ...kept,
    ]);
  }
}

function preservedOf({ preservedMessages }: Foreign): string[] {
  const { uuids } = objectOf(preservedMessages);
  return Array.isArray(uuids) ? uuids.filter((uuid) => typeof uuid === "string") : [];
}

/** Text and images; a result of a call stands for itself. */
function contentOf(blocks: Foreign[]): ContentPart[] {
  return blocks.flatMap((block): ContentPart[] => {
    if (block.type === "text" && typeof block.text === "string" && block.text !== "")
      return [{ type: "input_text", text: block.text }];
    const { type, media_type, data, url } = objectOf(block.source);
    if (block.type !== "image") return [];
    const image_url = type === "base64" ? imageUrl(media_type, data) : stringOf(url);
    return image_url === null ? [] : [{ type: "input_image", image_url }];
  });
}

/** The wire counts what came from the cache apart from the rest of the input. */
function usageOfClaude(usage: Foreign): Usage {
  const [cached, written] = [countOf(usage.cache_read_input_tokens), countOf(usage.cache_creation_input_tokens)];
  return {
    input_tokens: countOf(usage.input_tokens) + cached + written,
    cached_input_tokens: cached,
    cache_write_input_tokens: written,
    output_tokens: countOf(usage.output_tokens),
    reasoning_output_tokens: countOf(objectOf(usage.output_tokens_details).thinking_tokens),
  };
}
