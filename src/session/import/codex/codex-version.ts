import type { HistoryItem } from "../../../protocol/index.ts";
import { isObject, parseObject } from "../foreign.ts";

/** The minor version of a Codex CLI before 1.0, as the first line of its files says it; null: it does not, or it is of another kind. */
export function versionOf(cli_version: unknown): number | null {
  const found = typeof cli_version === "string" ? cli_version.match(/^0\.(\d+)\./) : null;
  return found ? Number(found[1]) : null;
}

/** From this version on a model with freeform tools was shown outputs as lines, while the file kept them as JSON (0.44 did not yet). */
const LINES_SINCE = 45;

/** Models that had such tools from their first turn on, by their names (gpt-5-codex, gpt-5.1-codex-max …). */
export const hasFreeformTools = (model: string): boolean => /-codex\b/.test(model);

/** Tools whose outputs were kept as JSON. */
export const JSON_OUTPUTS: ReadonlySet<string> = new Set(["shell", "container.exec", "local_shell", "apply_patch"]);

/** An output as the model saw it. Where the file does not say its version, as the file has it. */
export function asTheModelSaw(item: HistoryItem, version: number | null): HistoryItem {
  if (item.type !== "custom_tool_call_output" && item.type !== "function_call_output") return item;
  if (version === null || version < LINES_SINCE || typeof item.output !== "string") return item;
  const lines = linesOf(item.output);
  return lines === null ? item : { ...item, output: lines };
}

/** `{output, metadata: {exit_code, duration_seconds}}` as lines; null: it is something else. */
function linesOf(text: string): string | null {
  const value = text.startsWith("{") ? parseObject(text) : null;
  const metadata = value?.metadata;
  if (typeof value?.output !== "string" || !isObject(metadata)) return null;
  const { exit_code, duration_seconds } = metadata;
  if (typeof exit_code !== "number" || typeof duration_seconds !== "number") return null;
  const [head, total, rest] = splitTotal(value.output);
  const count = head ? [`Total output lines: ${total}`] : [];
  return [`Exit code: ${exit_code}`, `Wall time: ${duration_seconds} seconds`, ...count, "Output:", rest].join("\n");
}

/** The count that stands before an output that was cut. */
function splitTotal(output: string): [found: boolean, total: string, rest: string] {
  const found = output.match(/^Total output lines: (\d+)\n\n?/);
  return found ? [true, found[1] ?? "", output.slice(found[0].length)] : [false, "", output];
}
