import type { VerbSpec } from "./spec.ts";

const verb = (name: string, summary: string, takes?: VerbSpec["takes"]): VerbSpec => ({
  name,
  summary,
  ...(takes ? { takes } : {}),
});

const GO_ON = verb("resume", "Go on with a thread", "threads");
const COPY = verb("fork", "Go on with a copy of a thread", "threads");

/** The words that may follow a command, by its name; help, completion and man page say what they do. */
export const VERBS: Readonly<Record<string, readonly VerbSpec[]>> = {
  exec: [GO_ON, COPY, verb("review", "Review a change and report what is wrong with it")],
  threads: [
    verb("list", "Threads of this directory, or of all"),
    verb("show", "A thread as it looked", "threads"),
    verb("search", "Threads in which a text was said or run"),
    verb("export", "A thread as Markdown, HTML or JSON Lines", "threads"),
    verb("import", "Threads of the Codex CLI"),
    verb("rename", "Give a thread a name", "threads"),
    verb("archive", "Put threads aside", "threads"),
    verb("unarchive", "Take threads back", "threads"),
    verb("delete", "Delete threads", "threads"),
    verb("gc", "Remove what no thread needs any more"),
  ],
  config: [
    verb("get", "The value of a key", "keys"),
    verb("set", "Give a key a value", "keys"),
    verb("unset", "Take a key out", "keys"),
    verb("list", "What is set"),
    verb("edit", "Open the file in your editor"),
    verb("path", "Where the file is"),
    verb("schema", "The schema as JSON"),
    verb("import-codex", "Take over the settings of the Codex CLI"),
    verb("import-claude", "Those of Claude Code"),
    verb("import-opencode", "Those of opencode"),
    verb("import-gemini", "Those of the Gemini CLI"),
    verb("trust", "Which folders and files are trusted: list, add, remove"),
  ],
  mcp: [
    verb("add", "Add a server of tools"),
    verb("list", "Which servers there are"),
    verb("get", "What is known of one"),
    verb("remove", "Take one out"),
    verb("login", "Sign in to one"),
    verb("logout", "Sign out of one"),
  ],
  acp: [verb("login", "Save a key; editors start it for a person")],
  login: [verb("status", "Which keys there are")],
  sandbox: [
    verb("doctor", "Attack the sandbox, and say what holds"),
    verb("home", "What commands left in the home's layer: list, diff, apply, reset"),
  ],
  execpolicy: [verb("check", "What is said of a command")],
  debug: [
    verb("prompt-input", "The first request of a thread, part by part"),
    verb("models", "What is known of models", "models"),
    verb("landlock", "Older name of moat sandbox"),
    verb("seatbelt", "The same, of macOS"),
  ],
  features: [verb("list", "Which there are")],
  completion: [
    verb("bash", "For bash 4 and newer"),
    verb("zsh", "For zsh"),
    verb("fish", "For fish"),
    verb("powershell", "For PowerShell 5 and newer"),
  ],
  schema: [
    verb("events", "Events that come out"),
    verb("ops", "Ops that go in"),
    verb("config", "The configuration"),
    verb("rollout", "Lines of a thread's file"),
  ],
};
