import { closeAgent, sendInput, spawnAgent, waitForAgents } from "./agents.ts";
import { applyPatch } from "./apply-patch.ts";
import type { Tool, ToolSet } from "./contract.ts";
import { execCommand } from "./exec-command.ts";
import { exitPlanMode } from "./exit-plan-mode.ts";
import { requestUserInput } from "./request-user-input.ts";
import { shell } from "./shell.ts";
import { updatePlan } from "./update-plan.ts";
import { viewImage } from "./view-image.ts";
import { webFetch } from "./web-fetch.ts";
import { writeStdin } from "./write-stdin.ts";

/** Every name that is understood when the model calls it, in the order in which models are offered them. */
const TOOLS: Record<string, Tool> = {
  exec_command: execCommand,
  write_stdin: writeStdin,
  apply_patch: applyPatch,
  web_fetch: webFetch,
  update_plan: updatePlan,
  view_image: viewImage,
  request_user_input: requestUserInput,
  exit_plan_mode: exitPlanMode,
  spawn_agent: spawnAgent,
  send_input: sendInput,
  wait: waitForAgents,
  close_agent: closeAgent,
  // The seed's tool under both of its names.
  shell,
  "container.exec": shell,
};

/** What models that were trained on other agents call the same tools. */
const OTHER_NAMES: Record<string, string> = {
  bash: "exec_command",
  shell_command: "exec_command",
  run_shell_command: "exec_command",
  run_command: "exec_command",
  execute_command: "exec_command",
  run_terminal_cmd: "exec_command",
  terminal: "exec_command",
  local_shell: "shell",
  webfetch: "web_fetch",
  fetch: "web_fetch",
  read_web_page: "web_fetch",
  applypatch: "apply_patch",
  askuserquestion: "request_user_input",
  ask_user_question: "request_user_input",
  exitplanmode: "exit_plan_mode",
};

/** Namespaces that stand for none: models put them before the name of a tool that has none. */
const NO_NAMESPACE = new Set([
  "functions",
  "function",
  "default",
  "default_api",
  "tools",
  "tool",
  "multi_tool_use",
  "mcp",
]);

/** Letters and digits of a name: all that tells tools apart. */
const lettersOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

const BY_LETTERS = new Map([
  ...Object.entries(OTHER_NAMES).map(([name, tool]) => [lettersOf(name), tool] as const),
  ...Object.keys(TOOLS).map((name) => [lettersOf(name), name] as const),
]);

/** The tool that was meant: without a namespace that says nothing, special tokens and whatever is no letter, in any case. */
function known(name: string): string | null {
  const bare = name
    .replace(/<\|.*$/s, "")
    .trim()
    .toLowerCase();
  const [first = "", ...rest] = bare.split(/[.:/]|__/);
  const own = rest.length > 0 && NO_NAMESPACE.has(first) ? rest.join(".") : bare;
  return BY_LETTERS.get(lettersOf(own)) ?? null;
}

/** A namespace that says nothing: empty, a word for "no namespace", or the tool's own name once more. */
const saysNothing = (namespace: string | null) =>
  namespace === null || namespace === "" || NO_NAMESPACE.has(namespace.toLowerCase()) || known(namespace) !== null;

/** What only a thread that may start agents is offered. */
const OF_AGENTS: ReadonlySet<string> = new Set(["spawn_agent", "send_input", "wait", "close_agent"]);

/** The tools that every thread has. @param agents it may start agents */
export function builtInTools({ agents } = { agents: true }): ToolSet {
  const offered = Object.entries(TOOLS).flatMap(([name, tool]) => (agents || !OF_AGENTS.has(name) ? [tool] : []));
  return {
    specs: async (model) => offered.map((tool) => tool.spec(model)).filter((spec) => spec !== null),
    async load(name, namespace) {
      const found = saysNothing(namespace) ? known(name) : null;
      return found === null ? null : (TOOLS[found] ?? null);
    },
  };
}
