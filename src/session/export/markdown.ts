import { match } from "ts-pattern";
import { type Item, processText } from "../../protocol/index.ts";
import { type ExportedEntry, type ExportedTranscript, endOfCall } from "./transcript.ts";

/** A thread as Markdown (CommonMark). Images are named, not included. */
export function toMarkdown(thread: ExportedTranscript): string {
  const title = thread.name ?? `Thread ${thread.thread_id}`;
  const facts = [
    `- Thread: \`${thread.thread_id}\``,
    `- Started: ${thread.started}`,
    `- Directory: ${code(thread.cwd)}`,
    ...(thread.model ? [`- Model: ${code(thread.model)}`] : []),
    ...(thread.damaged.length > 0 ? [`- ${thread.damaged.length} damaged places are left out`] : []),
  ];
  return `${[`# ${title}`, facts.join("\n"), ...thread.entries.map(entry).filter(Boolean)].join("\n\n")}\n`;
}

function entry(one: ExportedEntry): string {
  if (one.type === "user") return ["## You", quote(one.text), ...one.images.map(() => "*(image)*")].join("\n\n");
  return one.type === "note" ? `*${one.text}*` : item(one.item);
}

function item(one: Item): string {
  return (
    match(one)
      .returnType<string>()
      .with({ type: "agent_message" }, ({ text }) => `## moat\n\n${text}`)
      .with({ type: "reasoning" }, ({ text }) => `<details><summary>Reasoning</summary>\n\n${text}\n\n</details>`)
      .with({ type: "command_execution" }, ({ command, aggregated_output, exit_code, status, declined, process }) => {
        const end = status === "declined" ? endOfCall(status, declined) : `exit ${exit_code}`;
        const took = process === undefined ? "" : `, ${processText(process)}`;
        return `**Command** (${end}${took})\n\n${fence(command, "sh")}${aggregated_output ? `\n\n${fence(aggregated_output, "")}` : ""}`;
      })
      .with({ type: "file_change" }, ({ changes, status, declined }) =>
        changes
          .map(({ kind, path, move_path, diff }) => {
            const moved = move_path ? ` → ${code(move_path)}` : "";
            return `**${kind}** ${code(path)}${moved} (${endOfCall(status, declined)})${diff ? `\n\n${fence(diff, "diff")}` : ""}`;
          })
          .join("\n\n"),
      )
      .with({ type: "mcp_tool_call" }, ({ server, tool, arguments: input, result, error, status, declined }) => {
        const output = error?.message ?? JSON.stringify(result, null, 2);
        return `**${server}.${tool}** (${endOfCall(status, declined)})\n\n${fence(JSON.stringify(input, null, 2), "json")}\n\n${fence(output, "")}`;
      })
      .with({ type: "web_search" }, ({ query }) => `**Web search** ${code(query)}`)
      .with({ type: "todo_list" }, ({ items }) =>
        items.map(({ text, completed }) => `- [${completed ? "x" : " "}] ${text.replaceAll("\n", " ")}`).join("\n"),
      )
      .with({ type: "plan" }, ({ text }) => `## Proposed plan\n\n${text}`)
      .with({ type: "error" }, ({ message }) => `*Error: ${message}*`)
      // A kind of a newer version.
      .exhaustive(() => "")
  );
}

const quote = (text: string) => text.replace(/^/gm, "> ");

/** A code span that no backtick in the text can end (https://spec.commonmark.org/0.31.2/#code-spans). */
function code(text: string): string {
  const ticks = "`".repeat(longestRun(text) + 1);
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${ticks}${space}${text.replaceAll("\n", " ")}${space}${ticks}`;
}

/** A fenced block that is longer than any run of backticks inside it. */
function fence(text: string, language: string): string {
  const ticks = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}${language}\n${text.replace(/\n$/, "")}\n${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
