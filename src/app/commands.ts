import { EFFORTS, type Effort } from "../protocol/index.ts";
import type { AppControl } from "./control.ts";
import { planCommand } from "./plan.ts";

/** A command of a front end. Help, completion and the dot-commands come from the table below. */
export interface SlashCommand {
  name: string;
  aliases?: string[];
  usage?: string;
  summary: string;
  /** It may be used while a turn runs. */
  while_working?: boolean;
  run(control: AppControl, args: string): void | Promise<void>;
}

export const slashCommands: readonly SlashCommand[] = [
  {
    name: "help",
    aliases: ["?"],
    summary: "This list",
    while_working: true,
    run: ({ print }) => print(helpText()),
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
    summary: "Plan mode; go: carry the plan out, new: in a thread that knows nothing else, off: leave",
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
  { name: "image", usage: "FILE", summary: "Send a picture with the next message", run: attachImage },
  {
    name: "diff",
    summary: "What changed in the working tree",
    while_working: true,
    run: async ({ print, tools, thread }) => print(await tools.diff(thread.settings.cwd)),
  },
  {
    name: "compact",
    usage: "[WHAT MATTERS]",
    summary: "Replace the conversation by a summary, to make room",
    run: ({ compact }, args) => compact(args),
  },
  { name: "init", summary: "Let the model write an AGENTS.md, shown before it is saved", run: initInstructions },
  {
    name: "new",
    aliases: ["clear"],
    summary: "Start a new thread with the same settings",
    run: ({ switchThread }) => switchThread(null),
  },
  {
    name: "resume",
    usage: "THREAD",
    summary: "Go on with a stored thread, by id or name (moat threads list)",
    run: ({ switchThread, print }, args) => (args === "" ? print("/resume needs an id or a name") : switchThread(args)),
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
  {
    name: "quit",
    aliases: ["exit", "q"],
    summary: "Leave (q and Ctrl-D do the same)",
    while_working: true,
    run: ({ quit }) => quit(),
  },
];

/** Every name that may follow `/` or `.`. */
export const commandNames = slashCommands.map(({ name }) => name);

/**
 * The command that a line calls: `/name args`, `.name args`, or `q` alone. A path or a sentence that begins with a slash
 * or a dot is none.
 */
export function findCommand(line: string): { command: SlashCommand; args: string } | { unknown: string } | null {
  const text = line.trim();
  if (text === "q") return findCommand("/quit");
  const [, word, args = ""] = text.match(/^[/.]([a-z?]+)(?:\s+(.*))?$/is) ?? [];
  if (word === undefined) return null;
  const command = slashCommands.find(({ name, aliases }) => name === word || aliases?.includes(word));
  return command ? { command, args: args.trim() } : { unknown: word };
}

function helpText(): string {
  const rows = slashCommands.map(({ name, aliases, usage, summary }) => {
    const names = [name, ...(aliases ?? [])].map((word) => `/${word}`).join(", ");
    return [usage ? `${names} ${usage}` : names, summary] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    "A dot does the same as the slash: .help. Tab completes commands and @files.",
    "While a turn runs: what you type is told to the model, Ctrl-C interrupts, twice quickly quits.",
  ].join("\n");
}

function setModel({ thread, change, print }: AppControl, args: string): void {
  const [model, effort, ...more] = args.split(/\s+/).filter(Boolean);
  if (more.length > 0) print("/model takes a name and an effort");
  else if (model === undefined) {
    const { settings } = thread;
    print(`${settings.model}, effort ${settings.effort ?? "as the model has it"}. /model NAME [EFFORT] changes it.`);
  } else if (effort === undefined) change({ model });
  else if (isEffort(effort)) change({ model, effort });
  else print(`there is no effort ${effort}: use ${EFFORTS.join(", ")}. Nothing was changed.`);
}

const isEffort = (word: string): word is Effort => EFFORTS.some((known) => known === word);

function setMode({ thread, modes, change, print }: AppControl, args: string): void {
  const mode = Object.hasOwn(modes, args) ? modes[args] : undefined;
  if (mode) {
    const { summary, ...changes } = mode;
    change(changes);
    print(`${args}: ${summary}`);
    return;
  }
  const rows = Object.entries(modes).map(([name, { summary, ...settings }]) => {
    const current = Object.entries(settings).every(
      ([key, value]) => thread.settings[key as keyof typeof settings] === value,
    );
    return `${current ? "*" : " "} ${name.padEnd(16)}${summary}`;
  });
  const head = args === "" ? [] : [`there is no mode ${args}`];
  print([...head, ...rows].join("\n"));
}

function attachImage({ attach, print }: AppControl, args: string): void {
  if (args === "") print("/image needs a file");
  else {
    attach(args);
    print(`${args} goes with the next message`);
  }
}

/** Prompts that `/history` shows. */
const SHOWN_PROMPTS = 20;

function showHistory({ prompts, print }: AppControl): void {
  const shown = prompts.latest().slice(0, SHOWN_PROMPTS).reverse();
  print(
    shown.length === 0 ? "nothing was typed yet" : shown.map((text) => `  ${text.replaceAll("\n", " ")}`).join("\n"),
  );
}

async function initInstructions({ tools, print, confirm, signal }: AppControl): Promise<void> {
  const drafted = await tools.draftInstructions(print, signal);
  if (!drafted.ok) {
    print(drafted.message);
    return;
  }
  const { path, diff, save } = drafted.draft;
  print(diff === "" ? `${path} stays as it is` : diff);
  if (diff === "") return;
  const wanted = await confirm(`Write ${path}?`);
  if (wanted) save();
  print(wanted ? `wrote ${path}` : "nothing was written");
}
