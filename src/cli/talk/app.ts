import { type AppOptions, AppTerminal, keymapOf, loadFileFinder } from "../../app/index.ts";
import { USAGE } from "../../base/index.ts";
import { runInteractive } from "../../frontends/interactive/index.ts";
import { runTui } from "../../frontends/tui/index.ts";
import type { OpenResult, Refusal } from "../../open/index.ts";
import { MODES } from "../../policy/modes.ts";
import { coloursOf, loadTerminal, THEMES, themeFor } from "../../term/index.ts";
import { loadViews } from "../../view/index.ts";
import type { CommandRun, Invocation } from "../contract.ts";
import { fail } from "../exits.ts";
import { appTools } from "./app-tools.ts";
import { readClipboardImage } from "./clipboard.ts";
import { canPaint, type FirstThread, fromPrompt, type Talk, type TalkConversation } from "./conversation.ts";
import { editText } from "./edit-text.ts";
import { processSignals } from "./process-signals.ts";
import { RepositoryFacts } from "./repository-facts.ts";
import { pause } from "./slices.ts";
import { startFacts } from "./start-facts.ts";
import { openingOf, threadOpener } from "./thread-opener.ts";

/** `moat [PROMPT]`: the app on a terminal, on the screen that the configuration names; the repl where the terminal can only print lines. */
export const run: CommandRun = async (invocation) => fromPrompt(invocation, talkFor(invocation));

/** `moat tui [PROMPT]`: the app, fullscreen. */
export const runFullscreen: CommandRun = async (invocation) => onTerminal(invocation, "fullscreen");

/** `moat interactive [PROMPT]`: the app, inline. */
export const runInline: CommandRun = async (invocation) => onTerminal(invocation, "inline");

function onTerminal(invocation: Invocation, screen: "fullscreen" | "inline"): Promise<number> | number {
  const { host } = invocation;
  if (host.stdin_is_tty && host.stdout_is_tty) return fromPrompt(invocation, talkFor(invocation, screen));
  return fail(host, 'there is no terminal here; say what to do: moat exec "explain this project"', USAGE);
}

/** The front end for a person at this terminal. `screen`: what the command says; absent: what the flags and the configuration say. */
export function talkFor({ host, flags }: Invocation, screen?: "fullscreen" | "inline"): Talk {
  if (!canPaint(host, flags)) return async (conversation) => (await import("./repl.ts")).inRepl(conversation);
  const said = flags["no-alt-screen"] || flags["screen-reader"] ? "inline" : screen;
  return (conversation) => inApp(conversation, said ?? conversation.config.tui.screen);
}

async function inApp(conversation: TalkConversation, screen: "fullscreen" | "inline"): Promise<number> {
  const options = await appOptions(conversation);
  const { host, first } = conversation;
  const refused: { by?: Refusal } = {};
  void first.ready.then((found) => {
    if (!found.ok) refused.by = found;
  });
  const exit = await (screen === "inline" ? runInteractive(options) : runTui(options));
  return refused.by ? fail(host, refused.by.message, refused.by.exit) : exit;
}

async function appOptions(conversation: TalkConversation): Promise<Omit<AppOptions, "screen">> {
  const { host, flags, cwd, first, input, typed, asked, history, record } = conversation;
  const { tui } = conversation.config;
  const [views, term] = await Promise.all([loadViews(), loadTerminal()]);
  const colours = coloursOf(host.env);
  const { keymap, problems } = keymapOf(tui.keymap);
  const words = flags["screen-reader"] === true;
  const repository = new RepositoryFacts(host, flags);
  const tools = appTools(host, flags, cwd);
  return {
    first: openingOf(conversation, { ...first, ready: withWarnings(first, problems) }),
    ...threadOpener(conversation, tools),
    input,
    text: typed ?? (asked ? await typedTooEarly() : ""),
    theme: tui.theme,
    words,
    vim: tui.vim,
    mouse: tui.mouse,
    keymap,
    notifications: flags.notify === true || tui.notifications !== false,
    kit: {
      views,
      themes: THEMES,
      theme: (name, dark) =>
        themeFor(name ?? DEFAULT_THEME, { dark: dark ?? true, colours }) ??
        // A name that nobody knows was said at start.
        (themeFor(DEFAULT_THEME, { dark: dark ?? true, colours }) as NonNullable<ReturnType<typeof themeFor>>),
    },
    home: host.home,
    modes: MODES,
    history,
    tools,
    outside: {
      edit: (text) => editText(host, text),
      readImage: () => readClipboardImage(host),
      branch: (directory) => repository.branch(directory),
      async finder(directory, feed) {
        const { FileFinder } = await loadFileFinder();
        return new FileFinder({
          cwd: directory,
          listed: (signal) => repository.files(directory, signal),
          signal: host.signal,
          feed,
          now: () => performance.now(),
          pause: () => new Promise((resolve) => setImmediate(resolve)),
        });
      },
    },
    terminal: host.curtain?.take() ?? new AppTerminal(term, term.openTty(), host.env),
    start: (thread) => startFacts(thread, host),
    record,
    now: () => performance.now(),
    pause,
    signal: host.signal,
    process: processSignals(),
  };
}

/** The first thread, with what is wrong with the keys among what it was opened with. */
async function withWarnings({ ready }: FirstThread, problems: readonly string[]): Promise<OpenResult> {
  const found = await ready;
  return found.ok ? { ...found, warnings: [...found.warnings, ...problems] } : found;
}

/** What was typed into a dialog before it could be read, as text: whatever it was typed for, a person looks at it first. */
async function typedTooEarly(): Promise<string> {
  const { KeyReader } = await import("../../term/index.ts");
  const left = process.stdin.read() as Buffer | null;
  const keys = left === null ? [] : new KeyReader().read(left.toString());
  const texts = keys.map(({ type, text }) => (type === "control" ? (text === "\r" ? "\n" : "") : text));
  return texts.join("").trimEnd();
}

const DEFAULT_THEME = "default";
