import { inApp, type SlashCommand } from "./command.ts";
import { helpText } from "./help.ts";
import { planCommand } from "./plan.ts";
import { promptCommand, skillsCommand } from "./prompt-files.ts";
import { attachImage, initInstructions, review, showHistory } from "./prompts.ts";
import { runningCommand } from "./running.ts";
import { setMode, setModel, showSandbox } from "./settings.ts";
import { exportCommand, resumeCommand } from "./threads.ts";

/** Every command of the repl and the app. */
export const slashCommands: readonly SlashCommand[] = [
  {
    name: "help",
    aliases: ["?"],
    summary: "This list",
    while_working: true,
    run: ({ print, app }) => print(helpText(menuCommands(app ? "app" : "repl"), app ? "app" : "repl")),
  },
  {
    name: "model",
    usage: "[NAME [EFFORT]]",
    summary: "Show or change the model, and how hard it thinks",
    run: setModel,
  },
  {
    name: "approvals",
    aliases: ["approval", "permissions"],
    usage: "[MODE]",
    summary: "Show or change what is done without asking",
    run: setMode,
  },
  {
    name: "plan",
    usage: "[go|new|off]",
    summary: "Plan mode; go: carry it out, new: in a new thread",
    run: planCommand,
  },
  {
    name: "status",
    summary: "Model, sandbox, approvals, directory, tokens, thread",
    while_working: true,
    async run(control) {
      const { statusText } = await import("./status.ts");
      control.print(await statusText(control));
    },
  },
  {
    name: "context",
    summary: "What fills the context",
    while_working: true,
    run: async (control) => (await import("./facts.ts")).showContext(control),
  },
  {
    name: "cost",
    summary: "Tokens of the thread, and what they cost",
    while_working: true,
    run: async (control) => (await import("./facts.ts")).showCost(control),
  },
  {
    name: "sandbox",
    summary: "What the kernel enforces for commands",
    while_working: true,
    run: showSandbox,
  },
  {
    name: "ps",
    usage: "[stop N|all]",
    summary: "What runs on beside the conversation, and stopping it",
    while_working: true,
    run: runningCommand,
  },
  { name: "image", usage: "FILE", summary: "Send a picture with the next message", run: attachImage },
  {
    name: "diff",
    usage: "[turn]",
    summary: "What changed in the working tree, or in the last turn",
    while_working: true,
    async run({ print, app, tools, thread }, args) {
      if (args !== "" && args !== "turn") return print("/diff takes nothing, or `turn`: what the last turn changed");
      const diff = await (args === "turn" && tools.turnDiff ? tools.turnDiff(thread) : tools.diff(thread.settings.cwd));
      if (app) app.show("What changed", diff);
      else print(diff);
    },
  },
  {
    name: "undo",
    usage: "[N] [force]",
    summary: "Take back what the last turns changed on the disk",
    run: async (control, args) => (await import("./undo.ts")).undoCommand(control, args),
  },
  {
    name: "redo",
    usage: "[force]",
    summary: "Bring back what the last undo took",
    run: async (control, args) => (await import("./undo.ts")).redoCommand(control, args),
  },
  {
    name: "rewind",
    usage: "[N]",
    summary: "Go back to before message N, files too or not",
    leads_on: true,
    run: async (control, args) => (await import("./undo.ts")).rewindCommand(control, args),
  },
  { name: "prompt", usage: "[NAME WORDS]", summary: "Say a prompt that you keep in a file", run: promptCommand },
  { name: "skills", summary: "Skills and agents that files define", while_working: true, run: skillsCommand },
  { name: "review", usage: "[WHAT]", summary: "Let the model review what is not committed, or WHAT", run: review },
  {
    name: "compact",
    usage: "[WHAT MATTERS]",
    summary: "Replace the conversation by a summary, to make room",
    run: ({ compact }, args) => compact(args),
  },
  { name: "init", summary: "Let the model write an AGENTS.md, shown first", run: initInstructions },
  {
    name: "new",
    aliases: ["clear"],
    summary: "Start a new thread with the same settings",
    run: ({ switchThread }) => switchThread(null),
  },
  {
    name: "resume",
    usage: "[THREAD]",
    summary: "Go on with a stored thread (moat threads list)",
    run: resumeCommand,
  },
  inApp({ name: "fork", summary: "Go on in a copy of this thread" }, (app, _args, { thread }) =>
    app.act({ type: "thread", target: { to: "fork", thread_id: thread.thread_id, back: null } }),
  ),
  inApp(
    {
      name: "side",
      usage: "QUESTION",
      summary: "Ask a copy of the thread; the answer is not kept",
      while_working: true,
    },
    (app, args, { print }) =>
      args === "" ? print("/side needs a question") : app.act({ type: "side", question: args }),
  ),
  inApp({ name: "copy", summary: "Copy the last answer", while_working: true }, (app) => app.act({ type: "copy" })),
  {
    name: "export",
    usage: "[FILE]",
    summary: "Write the thread to a file (.md, .html, .jsonl)",
    while_working: true,
    run: exportCommand,
  },
  { name: "history", summary: "Prompts that were typed before", run: showHistory },
  {
    name: "clearhistory",
    summary: "Forget them",
    run({ prompts, print }) {
      prompts.clear();
      print("the history is empty");
    },
  },
  inApp({ name: "tui", summary: "Fullscreen or inline, the other one", while_working: true }, (app) =>
    app.act({ type: "screen" }),
  ),
  inApp({ name: "theme", usage: "[NAME]", summary: "Colours", while_working: true }, async (app, args, { print }) => {
    if (args !== "" && !app.themes.includes(args)) return print(`there is no theme ${args}: ${app.themes.join(", ")}`);
    const rows = app.themes.map((name) => ({ id: name, name, description: "" }));
    const name = args === "" ? await app.pick("Colours", rows) : args;
    if (name !== null) app.act({ type: "theme", name });
  }),
  inApp({ name: "vim", summary: "Keys of vi in the composer, on or off", while_working: true }, (app) =>
    app.act({ type: "vim" }),
  ),
  inApp({ name: "keys", summary: "Every key", while_working: true }, (app) => app.act({ type: "keys" })),
  {
    name: "mcp",
    usage: "[connect|prompt …]",
    summary: "Servers of tools (MCP), their tools and prompts",
    while_working: true,
    run: async (control, args) => (await import("./mcp.ts")).mcpCommand(control, args),
  },
  {
    name: "quit",
    aliases: ["exit", "q"],
    summary: "Leave (q and Ctrl-D do the same)",
    while_working: true,
    run: ({ quit }) => quit(),
  },
];

/** What menus, help and completion of a front end offer. */
export function menuCommands(front: "app" | "repl"): readonly SlashCommand[] {
  return slashCommands.filter(({ app_only }) => front === "app" || !app_only);
}

/** Every name that may follow `/` or `.` in the repl. */
export const commandNames = menuCommands("repl").map(({ name }) => name);

/** Words that a person types to a program, and not to a model, when they stand alone. */
const ALONE: ReadonlyMap<string, string> = new Map([
  ["q", "/quit"],
  ["quit", "/quit"],
  ["exit", "/quit"],
  ["help", "/help"],
  ["?", "/help"],
]);

/**
 * The command that a line calls: `/name args`, `.name args`, `/mcp__server__prompt args`, or a word like `exit` alone. A path or a sentence that begins with a slash
 * or a dot is none.
 * @param prompts names of the person's prompt files, which can be called like commands
 */
export function findCommand(
  line: string,
  prompts: ReadonlySet<string> = new Set(),
): { command: SlashCommand; args: string } | { unknown: string } | null {
  const text = line.trim();
  const alone = ALONE.get(text);
  if (alone !== undefined) return findCommand(alone);
  const [, server, prompt, words = ""] = text.match(/^[/.]mcp__(\S+?)__(\S+)(?:\s+(.*))?$/s) ?? [];
  if (server !== undefined) return findCommand(`/mcp prompt ${server} ${prompt} ${words}`);
  const [, word, args = ""] = text.match(/^[/.]([a-z?][\w:.-]*)(?:\s+(.*))?$/is) ?? [];
  if (word === undefined) return null;
  const command = slashCommands.find(({ name, aliases }) => name === word || aliases?.includes(word));
  if (command) return { command, args: args.trim() };
  return prompts.has(word) && text.startsWith("/") ? findCommand(`/prompt ${word} ${args}`) : { unknown: word };
}
