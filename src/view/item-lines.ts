import { match } from "ts-pattern";
import type { CommandExecution, FileChange, FileUpdateChange, Item } from "../protocol/index.ts";
import { type Style, stripControls } from "../term/index.ts";

/** Lines of a command's output that a person is shown; the rest is counted. */
export const OUTPUT_LINES = 12;

/**
 * A finished item as plain lines, for front ends that append and never repaint. Empty for what needs no showing.
 * `output_lines`: of a command's output, the last ones.
 */
export function itemLines(item: Item, style: Style, output_lines = OUTPUT_LINES): string[] {
  return match(item)
    .returnType<string[]>()
    .with({ type: "agent_message" }, ({ text }) => stripControls(text).trimEnd().split("\n"))
    .with({ type: "reasoning" }, ({ text }) => stripControls(text).trimEnd().split("\n").map(style.dim))
    .with({ type: "command_execution" }, (command) => [
      ...commandHead(command, style),
      ...commandEnd(command, style, output_lines),
    ])
    .with({ type: "file_change" }, (change) => fileLines(change, style))
    .with({ type: "todo_list" }, ({ items }) =>
      items.map(({ text, completed }) => `${completed ? "[x]" : "[ ]"} ${text}`),
    )
    .with({ type: "mcp_tool_call" }, (call) => [`${style.bold(`${call.server}.${call.tool}`)} ${call.status}`])
    .with({ type: "web_search" }, ({ query }) => [`${style.bold("search")} ${stripControls(query)}`])
    .with({ type: "error" }, ({ message }) => [style.yellow(`warning: ${stripControls(message)}`)])
    .exhaustive();
}

/** The script of `/bin/bash -lc 'SCRIPT'`, which is what a person wants to read. */
export function shownCommand(command: string): string {
  const script = command.match(/^\S*\/?(?:ba|z)?sh -l?c (.*)$/s)?.[1];
  if (!script) return command;
  return script.startsWith("'") && script.endsWith("'") ? script.slice(1, -1).replaceAll(`'"'"'`, "'") : script;
}

/** `$ COMMAND`, as many lines as it has. */
export function commandHead({ command }: Pick<CommandExecution, "command">, style: Style): string[] {
  const [first = "", ...more] = stripControls(shownCommand(command)).split("\n");
  return [style.bold(`$ ${first}`), ...more.map((line) => style.bold(`  ${line}`))];
}

/** What a command printed, and its exit code when that is not 0. */
export function commandEnd(command: CommandExecution, style: Style, output_lines: number): string[] {
  const { aggregated_output, exit_code, status } = command;
  if (status === "declined") return [style.yellow("  declined")];
  const lines = stripControls(aggregated_output).trimEnd().split("\n");
  const shown = lines.length === 1 && lines[0] === "" ? [] : lines.slice(-output_lines);
  const hidden = lines.length - shown.length;
  const head = hidden > 0 && shown.length > 0 ? [style.dim(`  … ${hidden} lines before`)] : [];
  const end = exit_code === 0 ? [] : [style.red(`  exit ${exit_code}`)];
  return [...head, ...shown.map((line) => style.dim(`  ${line}`)), ...end];
}

/** Every file with its diff. */
export function changeLines(changes: readonly FileUpdateChange[], style: Style): string[] {
  const letters = { add: "A", update: "M", delete: "D" };
  return changes.flatMap(({ path, kind, diff, move_path }) => [
    style.bold(`${letters[kind]} ${stripControls(path)}${move_path ? ` -> ${stripControls(move_path)}` : ""}`),
    ...diffLines(diff, style),
  ]);
}

function fileLines({ changes, status, error }: FileChange, style: Style): string[] {
  const head = changeLines(changes, style);
  if (status === "completed") return head;
  if (status === "declined") return [...head, style.red("  patch declined")];
  const [first = "", ...why] = stripControls(error?.message ?? "").split("\n");
  return [...head, style.red(`  patch failed${first && `: ${first}`}`), ...why.map((line) => style.dim(`  ${line}`))];
}

function diffLines(diff: string | undefined, style: Style): string[] {
  const body = (diff ?? "").trimEnd().split("\n");
  return body
    .filter((line) => line !== "" && !/^(---|\+\+\+|===|Index:|\\)/.test(line))
    .map(stripControls)
    .map(
      (line) =>
        `  ${line.startsWith("+") ? style.green(line) : line.startsWith("-") ? style.red(line) : style.dim(line)}`,
    );
}
