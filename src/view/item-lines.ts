import { scriptOf } from "../base/index.ts";
import {
  type CommandExecution,
  type Declined,
  type Denial,
  type FileChange,
  type FileUpdateChange,
  homeWroteText,
  type Item,
} from "../protocol/index.ts";
import { type Printable, proseLines, SafeText, type Style, safe, visibleLine } from "../term/index.ts";
import { withoutPlanTags } from "./plan-tags.ts";

/** Lines of a command's output that a person is shown; the rest is counted. */
export const OUTPUT_LINES = 12;

/** Characters of one of them, and of a line of a command: a page of a terminal. Minified files and files of zeros are one line of megabytes. */
const LINE_CHARACTERS = 2000;

/** The beginning of a line that is too long to be read, and how much more there is. */
function begun(line: string): string {
  const more = line.length - LINE_CHARACTERS;
  // Never half a character.
  return more <= 0
    ? line
    : `${line.slice(0, LINE_CHARACTERS).replace(/[\ud800-\udbff]$/, "")} … ${more} characters more`;
}

/**
 * A finished item as plain lines, for front ends that append and never repaint. Empty for what needs no showing. Prose of
 * the model and what commands print are made readable; all else is shown character by character.
 * `output_lines`: of a command's output, the last ones.
 */
export function itemLines(item: Item, style: Style, output_lines = OUTPUT_LINES): SafeText[] {
  switch (item.type) {
    case "agent_message":
      return proseLines(withoutPlanTags(item.text));
    case "reasoning":
      return proseLines(item.text).map(style.dim);
    case "command_execution":
      return [...commandHead(item, style), ...commandEnd(item, style, output_lines)];
    case "file_change":
      return fileLines(item, style);
    case "todo_list":
      return item.items.map(({ text, completed }) => safe`${completed ? "[x]" : "[ ]"} ${visibleLine(text)}`);
    case "mcp_tool_call":
      return [safe`${style.bold(visibleLine(`${item.server}.${item.tool}`))} ${item.status}`];
    case "web_search":
      return [safe`${style.bold("search")} ${visibleLine(item.query)}`];
    case "plan":
      return [style.bold("Plan"), ...proseLines(item.text)];
    case "error":
      return [style.yellow(`warning: ${item.message}`)];
  }
}

/** The command without moat's own shell around it, as lines. */
export function commandHead({ command }: Pick<CommandExecution, "command">, style: Style): SafeText[] {
  return commandLines(commandText(command).split("\n").map(begun).join("\n"), style);
}

/** The command without moat's own shell around it. */
export function commandText(command: string): string {
  return scriptOf(command) ?? command;
}

const WHO: Record<Declined["by"], string> = {
  person: "by you",
  policy: "by policy",
  hook: "by a hook",
  program: "by the program that answers (approve_with)",
};

/** Who said no to a call and why, then what would let it through; nothing where a thread of an older moat does not say. */
export function declinedTexts(declined: Declined | undefined): string[] {
  if (declined === undefined) return [];
  const { by, reason, grant } = declined;
  return [`${WHO[by] ?? by}${reason ? `: ${reason}` : ""}`, ...(grant === undefined ? [] : [`to allow it: ${grant}`])];
}

/** That nothing of a call was run, who said so, and what would let it through; nothing for a call that ran. */
export function refusalLines(item: Item, style: Style): SafeText[] {
  if (!("status" in item) || item.status !== "declined") return [];
  const word = item.type === "file_change" ? "patch declined" : "declined";
  const [who, ...grant] = declinedTexts(item.declined);
  return [who === undefined ? word : `${word} ${who}`, ...grant].map((text) => style.yellow(`  ${text}`));
}

/** What the sandbox refused, in words, and what would open it. */
export function denialWords({ explanation, grant }: Denial): string {
  return grant === null ? explanation : `${explanation} To allow exactly this: ${grant}`;
}

/** The same as a line of its own. */
export const denialSentence = (denial: string) => `sandbox: ${denial}`;

/** `$ COMMAND`, as many lines as it has: those behind the first have a mark of their own, so that no other line passes for one. */
export function commandLines(command: string, style: Style): SafeText[] {
  return command.split("\n").map((line, index) => style.bold(`${index === 0 ? "$" : "|"} ${line}`));
}

/** What a command printed, and its exit code when that is not 0. */
export function commandEnd(command: CommandExecution, style: Style, output_lines: number): SafeText[] {
  const { aggregated_output, exit_code, status } = command;
  if (status === "declined") return [];
  const text = aggregated_output.trimEnd();
  const lines = text === "" ? [] : text.split(/\r?\n/);
  const last = lines.slice(-output_lines);
  const hidden = lines.length - last.length;
  // Who asked for all lines gets all of them.
  const shown = (output_lines === Number.POSITIVE_INFINITY ? last : last.map(begun)).map(SafeText.prose);
  const head = hidden > 0 ? [style.dim(`  … ${hidden} lines before`)] : [];
  const end = exit_code === 0 ? [] : [style.red(`  exit ${exit_code}`)];
  const wrote = homeWroteLine(command).map((line) => style.dim(safe`  ${visibleLine(line)}`));
  return [...head, ...shown.map((line) => style.dim(safe`  ${line}`)), ...end, ...wrote];
}

/** Where it wrote into the private layer over the home directory; nothing where it did not. */
export const homeWroteLine = ({ process }: CommandExecution): string[] =>
  process?.home_wrote === undefined ? [] : [homeWroteText(process.home_wrote)];

/** Every file with its diff. */
export function changeLines(changes: readonly FileUpdateChange[], style: Style): SafeText[] {
  const letters = { add: "A", update: "M", delete: "D" };
  return changes.flatMap(({ path, kind, diff, move_path, links }) => [
    style.bold(visibleLine(`${letters[kind]} ${path}${move_path ? ` -> ${move_path}` : ""}`)),
    ...(links === undefined ? [] : [style.yellow(`  ${linksText(links)}`)]),
    ...diffLines(diff ?? "", style),
  ]);
}

export const linksText = (links: number) => `it has ${links} names (hard links): it changes under all of them`;

function fileLines({ changes, status, error }: FileChange, style: Style): SafeText[] {
  const head = changeLines(changes, style);
  if (status === "completed" || status === "declined") return head;
  const [first = "", ...why] = (error?.message ?? "").split("\n");
  return [...head, style.red(`  patch failed${first && `: ${first}`}`), ...why.map((line) => style.dim(`  ${line}`))];
}

function diffLines(diff: string, style: Style): SafeText[] {
  return diffBody(diff).map((line) => safe`  ${diffLine(line, style)}`);
}

/** The diff without the names at its start, which the line above has: from the first hunk on every line counts. */
function diffBody(diff: string): string[] {
  const lines = diff.replace(/\n$/, "").split("\n");
  const body = lines.findIndex((line) => line.startsWith("@@"));
  const head = lines.slice(0, body === -1 ? lines.length : body).filter((line) => !NAMES.test(line));
  return [...head, ...(body === -1 ? [] : lines.slice(body))];
}

/** Lines before the first hunk that only repeat the file's name. */
const NAMES = /^(---|\+\+\+|===|Index:|diff |$)/;

function diffLine(line: string, style: Style): Printable {
  return line.startsWith("+") ? style.green(line) : line.startsWith("-") ? style.red(line) : style.dim(line);
}
