import { match } from "ts-pattern";
import { type Item, processText } from "../../protocol/index.ts";
import { type ExportedEntry, type ExportedTranscript, endOfCall } from "./transcript.ts";

/** Nothing may be loaded or run, whatever a model or a file put into the thread. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
header { border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
section { margin: 1.25rem 0; }
.user { border-left: 3px solid #4a90d9; padding-left: 1rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
pre { background: var(--soft); padding: .75rem; overflow: auto; max-height: 30rem; border-radius: 4px; }
h2 { font-size: 1rem; margin: 0 0 .25rem; }
img { max-width: 100%; }
.note { opacity: .7; font-style: italic; }
`;

/** A thread as one HTML page: no scripts, nothing from elsewhere. Pictures that were attached are included. */
export function toHtml(thread: ExportedTranscript): string {
  const title = escapeHtml(thread.name ?? `Thread ${thread.thread_id}`);
  const damaged = thread.damaged.length > 0 ? [["Damaged", `${thread.damaged.length} places are left out`]] : [];
  const facts = [
    ["Thread", thread.thread_id],
    ["Started", thread.started],
    ["Directory", thread.cwd],
    ["Model", thread.model ?? ""],
    ...damaged,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${title}</h1>
<dl>${facts.map(([name = "", value = ""]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl></header>
${thread.entries.map(entry).join("\n")}
</body>
</html>
`;
}

function entry(one: ExportedEntry): string {
  if (one.type === "note") return `<section class="note">${escapeHtml(one.text)}</section>`;
  if (one.type === "item") return `<section>${item(one.item)}</section>`;
  return `<section class="user"><h2>You</h2>${text(one.text)}${one.images.map(image).join("")}</section>`;
}

function item(one: Item): string {
  return (
    match(one)
      .returnType<string>()
      .with({ type: "agent_message" }, ({ text: said }) => `<h2>moat</h2>${text(said)}`)
      .with({ type: "reasoning" }, ({ text: thought }) => details("Reasoning", text(thought)))
      .with({ type: "command_execution" }, ({ command, aggregated_output, exit_code, status, declined, process }) => {
        const end = status === "declined" ? endOfCall(status, declined) : `exit ${exit_code}`;
        const took = process === undefined ? "" : `, ${processText(process)}`;
        return `<h2>Command (${escapeHtml(end + took)})</h2>${block(command)}${aggregated_output ? details("Output", block(aggregated_output)) : ""}`;
      })
      .with({ type: "file_change" }, ({ changes, status, declined }) =>
        changes
          .map(({ kind, path, move_path, diff }) => {
            const moved = move_path ? ` → ${move_path}` : "";
            return `<h2>${escapeHtml(`${kind} ${path}${moved} (${endOfCall(status, declined)})`)}</h2>${diff ? details("Diff", block(diff)) : ""}`;
          })
          .join(""),
      )
      .with({ type: "mcp_tool_call" }, ({ server, tool, arguments: input, result, error, status, declined }) => {
        const output = error?.message ?? JSON.stringify(result, null, 2);
        const title = `<h2>${escapeHtml(`${server}.${tool} (${endOfCall(status, declined)})`)}</h2>`;
        return `${title}${block(JSON.stringify(input, null, 2))}${details("Result", block(output))}`;
      })
      .with({ type: "web_search" }, ({ query }) => `<h2>Web search</h2>${text(query)}`)
      .with({ type: "todo_list" }, ({ items }) => {
        const rows = items.map(({ text: step, completed }) => `<li>${completed ? "✓ " : ""}${escapeHtml(step)}</li>`);
        return `<h2>Plan</h2><ul>${rows.join("")}</ul>`;
      })
      .with({ type: "plan" }, ({ text: plan }) => `<h2>Proposed plan</h2>${text(plan)}`)
      .with({ type: "error" }, ({ message }) => `<h2>Error</h2>${text(message)}`)
      // A kind of a newer version.
      .exhaustive(() => "")
  );
}

const text = (value: string) => `<div class="text">${escapeHtml(value)}</div>`;
const block = (value: string) => `<pre>${escapeHtml(value)}</pre>`;
const details = (title: string, inner: string) => `<details><summary>${title}</summary>${inner}</details>`;

/** Only pictures that lie in the page itself, in forms that cannot carry a script. */
function image(url: string): string {
  if (!/^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(url)) return "<p>[image]</p>";
  return `<p><img alt="attached image" src="${url}"></p>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
