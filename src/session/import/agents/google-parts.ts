import type { ContentPart, HistoryItem, Json, Usage } from "../../../protocol/index.ts";
import { countOf, type Foreign, imageUrl, isObject, listOf, objectOf, stringOf } from "../foreign.ts";
import { type CallKind, changeOf } from "../shown.ts";
import { Teller, type ToldResult } from "../teller.ts";

/*
 * Contents as the Gemini API has them, a role and parts: what gemini-cli and qwen-code write down, whatever server they speak to.
 */

/** Text and images of parts; those of results apart. */
export function spokenParts(parts: unknown): ContentPart[] {
  if (typeof parts === "string") return parts === "" ? [] : [{ type: "input_text", text: parts }];
  return listOf(parts).flatMap((part): ContentPart[] => {
    if (typeof part.text === "string" && part.thought !== true)
      return part.text === "" ? [] : [{ type: "input_text", text: part.text }];
    const { mimeType, data } = objectOf(part.inlineData);
    const image_url = imageUrl(mimeType, data);
    return image_url === null ? [] : [{ type: "input_image", image_url }];
  });
}

/** Tells what the model said, thought and called in parts. `kind`: what a call does. */
export function tellAnswer(
  teller: Teller,
  parts: Foreign[],
  kind: (name: string, args: Foreign) => CallKind | null,
): void {
  for (const part of parts) {
    const call = isObject(part.functionCall) ? part.functionCall : null;
    if (call) {
      const [id, name] = [stringOf(call.id) ?? "", stringOf(call.name) ?? ""];
      teller.call(id, name, (call.args ?? {}) as Json, kind(name, objectOf(call.args)));
    } else if (part.thought === true) teller.think(stringOf(part.text) ?? "");
    else teller.say(stringOf(part.text) ?? "");
  }
}

/** Tells the results among parts; images that come with them belong to the last. */
export function tellResults(teller: Teller, parts: Foreign[]): void {
  const images = spokenParts(parts).filter(({ type }) => type === "input_image");
  const responses = parts.flatMap(({ functionResponse }) => (isObject(functionResponse) ? [functionResponse] : []));
  for (const [index, response] of responses.entries()) {
    const last = index === responses.length - 1;
    teller.result(stringOf(response.id) ?? "", resultOf(objectOf(response.response), last ? images : []));
  }
}

/** A response is an object, with its text under `output` or `error`. */
function resultOf(response: Foreign, images: ContentPart[]): ToldResult {
  const error = stringOf(response.error);
  const text = error ?? stringOf(response.output) ?? JSON.stringify(response);
  const code = text.match(/^Exit Code: (\d+)$/m)?.[1];
  const exit_code = code === undefined ? (error === null ? 0 : -1) : Number(code);
  const output: ToldResult["output"] = images.length === 0 ? text : [{ type: "input_text", text }, ...images];
  return { output, exit_code, failed: error !== null || exit_code !== 0 };
}

/** What a call of a tool does that both programs have. */
export function googleKind(cwd: string): (name: string, args: Foreign) => CallKind | null {
  return (name, args) => {
    const path = stringOf(args.file_path) ?? stringOf(args.absolute_path);
    if (name === "run_shell_command") return { type: "command", command: stringOf(args.command) ?? "" };
    if (name === "write_file" && path !== null) return { type: "patch", changes: [changeOf(path, "add", cwd)] };
    if ((name === "replace" || name === "edit") && path !== null)
      return { type: "patch", changes: [changeOf(path, "update", cwd)] };
    if (name !== "todo_write" && name !== "write_todos") return null;
    const items = listOf(args.todos).map((todo) => ({
      text: stringOf(todo.content) ?? stringOf(todo.description) ?? "",
      completed: todo.status === "completed",
    }));
    return { type: "plan", items };
  };
}

/** The items that are told by `tell`, for a history that takes another's place. */
export function toldItems(peer: string, tell: (teller: Teller) => void): HistoryItem[] {
  const teller = new Teller(peer, "", "/");
  tell(teller);
  return [...teller.told()].flatMap((record) => (record.type === "item" ? [record.item] : []));
}

/** Tokens of an answer. `thinking` is counted apart from the answer, or in it. */
export function usageOfParts(input: unknown, cached: unknown, output: number, thinking: unknown): Usage {
  return {
    input_tokens: countOf(input),
    cached_input_tokens: countOf(cached),
    cache_write_input_tokens: 0,
    output_tokens: output,
    reasoning_output_tokens: countOf(thinking),
  };
}
