import { EFFORTS } from "../protocol/index.ts";
import type { FlagSpec } from "./spec.ts";

/** One row of the table of flags. */
export function flag(name: string, help: string, more: Omit<FlagSpec, "name" | "help"> = {}): FlagSpec {
  return { name, help, ...more };
}

/** All of `own`, and those of `more` whose name is not taken. */
export function beside(own: FlagSpec[], more: FlagSpec[]): FlagSpec[] {
  const taken = new Set(own.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  return [...own, ...more.filter(({ name }) => !taken.has(name))];
}

/** Flags of every command. */
export function helpFlags(): FlagSpec[] {
  return [flag("help", "Show this help", { short: "h" })];
}

export const jsonFlag = flag("json", "Print JSON");

export function configFlags(): FlagSpec[] {
  return [
    flag("config", "Set a configuration key, as in -c model_reasoning_effort=high", {
      short: "c",
      value: "KEY=VALUE",
      values: "settings",
      repeat: true,
    }),
    flag("profile", "Lay MOAT_HOME/NAME.config.toml over the configuration", {
      short: "p",
      value: "NAME",
      values: "profiles",
    }),
    flag("strict-config", "Make an unknown configuration key an error"),
  ];
}

/** Flags that every front end shares, beside the model, directories, sandbox and configuration; `readModeFlags` reads them. */
function modeFlags(): FlagSpec[] {
  return [
    flag("full-auto", "Work in the workspace, confined, and ask only for more"),
    flag("auto-edit", "Patch the workspace freely, ask before commands"),
    flag("suggest", "Only read, ask before everything else"),
    flag("plan", "Plan mode: only read, and end with a plan"),
    flag("no-plan", "Leave plan mode, in a thread that goes on"),
    flag("approval-mode", "suggest, auto-edit or full-auto", { value: "MODE", hidden: true }),
    flag("dangerously-bypass-approvals-and-sandbox", "No sandbox and no questions"),
    flag("dangerously-auto-approve-everything", "The same", { hidden: true }),
    flag("sandbox-policy", "The sandbox by the names of the first Rust CLI", { value: "POLICY", hidden: true }),
    flag("provider", "Provider to ask", { value: "NAME", values: "providers" }),
    flag("oss", "Use a model server of this machine"),
    flag("local-provider", "The same, by name: ollama, lmstudio or llama.cpp", {
      value: "NAME",
      values: ["ollama", "lmstudio", "llama.cpp"],
    }),
    flag("reasoning", "How hard the model thinks: low, medium, high, …", { value: "EFFORT", values: EFFORTS }),
    flag("search", "Let the provider search the web"),
    flag("flex-mode", "Ask for the provider's cheaper, slower service tier"),
    flag("writable-root", "The same as --add-dir", { short: "w", value: "DIR", repeat: true, hidden: true }),
    flag("no-project-doc", "Leave the project's AGENTS.md out"),
    flag("project-doc", "One more file of instructions", { value: "FILE" }),
    flag("enable", "Switch a feature on", { value: "FEATURE", values: "features", repeat: true }),
    flag("disable", "Switch a feature off", { value: "FEATURE", values: "features", repeat: true }),
    flag("disable-response-storage", "Has no effect: the provider never stores responses", { hidden: true }),
    flag("cyber-access-program", "Sent by SDKs; has no effect", { value: "PROGRAM", hidden: true }),
    flag("approve-for-me", "Not available yet", { hidden: true }),
    flag("dangerously-bypass-hook-trust", "Not available: see --trust", { hidden: true }),
  ];
}

/** What a thread runs with; shared by every front end. */
export function threadFlags(): FlagSpec[] {
  return [
    flag("model", "Model to use", { short: "m", value: "MODEL", values: "models" }),
    flag("cd", "Directory to work in", { short: "C", value: "DIR" }),
    flag("add-dir", "One more directory that may be written", { value: "DIR", repeat: true }),
    flag("sandbox", "read-only, workspace-write or danger-full-access", {
      short: "s",
      value: "MODE",
      values: ["read-only", "workspace-write", "danger-full-access"],
    }),
    flag("record", "Write down all that happens, for `moat replay FILE`", { value: "FILE" }),
    flag("max-tokens", "Stop before more tokens are used, as in 200k", { value: "N" }),
    flag("max-cost", "Stop before it costs more US dollars", { value: "USD" }),
    flag("max-time", "Stop after this time, as in 10m", { value: "TIME" }),
    flag("max-turns", "Stop after this many requests to the model", { value: "N" }),
    flag("max-commands", "Stop before more commands are run", { value: "N" }),
    flag("undo", "on or off: keep what turns change on the disk, so that it can be taken back", {
      value: "MODE",
      values: ["on", "off"],
    }),
    flag("trust", "Use the project's files this once, without asking"),
    ...modeFlags(),
    ...configFlags(),
  ];
}

/** Flags of `moat apply-patch` and `moat apply`. */
export function patchFlags(): FlagSpec[] {
  return [
    flag("root", "Directory that paths start from and may not leave", { value: "DIR" }),
    flag("check", "Say whether it fits, and change nothing"),
    flag("no-overwrite", "Refuse to add or move over an existing file"),
    flag("strict", "Refuse a hunk that fits in several places"),
    jsonFlag,
    ...helpFlags(),
  ];
}

/** Which thread is meant. */
const threadFlag = flag("thread", "Thread that is meant, by id or name (the last one of this directory)", {
  value: "THREAD",
});

/** Flags of `moat diff`. */
export function diffFlags(): FlagSpec[] {
  return [
    flag("turn", "What this turn of the thread changed: its number, or `last`", { value: "N" }),
    threadFlag,
    flag("cd", "Directory that is meant", { short: "C", value: "DIR" }),
    ...helpFlags(),
  ];
}

/** Flags of `moat redo`. */
export function redoFlags(): FlagSpec[] {
  return [
    threadFlag,
    flag("cd", "Directory whose threads are meant", { short: "C", value: "DIR" }),
    flag("force", "Overwrite what somebody changed since; it is shown first"),
    flag("dry-run", "Only say what would be done"),
    flag("yes", "Do not ask", { short: "y" }),
    jsonFlag,
    ...helpFlags(),
  ];
}

/** Flags of `moat undo`. */
export function undoFlags(): FlagSpec[] {
  return [
    flag("to", "Take back this turn and all after it: its number, or its id", { value: "TURN" }),
    flag("list", "Say what can be taken back, from when, how large"),
    ...redoFlags(),
  ];
}

/** Flags of `moat sandbox`. */
export function sandboxFlags(): FlagSpec[] {
  return [
    flag("read-only", "Write nothing"),
    flag("workspace-write", "Write in this directory and the temporary ones (the default)"),
    flag("full-access", "No confinement"),
    flag("sandbox", "The same by name", { short: "s", value: "MODE", hidden: true }),
    flag("cd", "Directory to work in", { short: "C", value: "DIR" }),
    flag("write", "One more directory that may be written", { value: "PATH", repeat: true, aliases: ["add-dir"] }),
    flag("protect", "Keep this path as it is", { value: "PATH", repeat: true }),
    flag("hide", "Make this path unreadable", { value: "PATH", repeat: true }),
    flag("net", "none, full, or proxy:HOST,… for these hosts alone", { value: "NET" }),
    flag("memory-limit", "Memory that the command may take, such as 4GB; off", { value: "SIZE" }),
    flag("unix", "Unix sockets: none, masked or allow", { value: "WHICH", values: ["none", "masked", "allow"] }),
    flag("git", "Open the repository for git, but not its hooks and settings"),
    flag("require", "Protections without which the command must not start", { value: "A,B", repeat: true }),
    flag("config", "Set a configuration key", { short: "c", value: "KEY=VALUE", values: "settings", repeat: true }),
    flag("force", "With home apply: overwrite what you changed since"),
    flag("yes", "With home apply: do not ask", { short: "y" }),
    flag("json", "Print what was enforced as JSON on stderr; with doctor and home, on stdout"),
    ...helpFlags(),
  ];
}

/** Flags of `moat threads` and its short forms; each verb says which it takes. */
export function threadsFlags(): FlagSpec[] {
  return [
    jsonFlag,
    flag("all", "Threads of every directory; every session that can be imported"),
    flag("from", "Import sessions of AGENT", { value: "AGENT" }),
    flag("last", "Import the session that was used last"),
    flag("archived", "Archived threads"),
    flag("limit", "At most this many", { value: "N" }),
    flag("format", "markdown, html or jsonl", { value: "FORMAT", values: ["markdown", "html", "jsonl"] }),
    flag("output", "Write to FILE", { short: "o", value: "FILE" }),
    flag("yes", "Do not ask", { short: "y" }),
    flag("dry-run", "Only say what would be done"),
    flag("max-size", "Quota, as in 500M or 2G", { value: "SIZE" }),
    ...helpFlags(),
  ];
}

const providerFlag = flag("provider", "The provider it is for; openai when left out", {
  value: "NAME",
  values: "providers",
});

/** Flags of `moat mcp`; each verb says which it takes. */
export function mcpFlags(): FlagSpec[] {
  return [
    flag("url", "Address of the server, in place of a command", { value: "URL" }),
    flag("env", "A variable for the program; all that it gets beside a few usual ones", {
      value: "NAME=VALUE",
      repeat: true,
    }),
    flag("network", "Let the program reach the network"),
    flag("bearer-token-env-var", "Variable that holds the token for the address", { value: "VARIABLE" }),
    flag("header", "A header for the address", { value: "NAME=VALUE", repeat: true }),
    flag("trust", "Use the project's servers this once, without asking"),
    jsonFlag,
    ...configFlags(),
    ...helpFlags(),
  ];
}

/** Flags of `moat login`. */
export function loginFlags(): FlagSpec[] {
  return [
    flag("with-api-key", "Read the key from standard input"),
    providerFlag,
    flag("device-auth", "Not offered by any provider that moat knows", { hidden: true }),
    flag("with-access-token", "Not offered by any provider that moat knows", { hidden: true }),
    ...helpFlags(),
  ];
}

/** Flags of `moat logout`. */
export function logoutFlags(): FlagSpec[] {
  return [providerFlag, flag("all", "Every saved key"), ...helpFlags()];
}

/** Flags of `moat models`. */
export function modelsFlags(): FlagSpec[] {
  return [
    flag("provider", "Ask this provider", { value: "NAME", values: "providers" }),
    flag("oss", "Ask the model server of this machine"),
    jsonFlag,
    ...configFlags(),
    ...helpFlags(),
  ];
}

/** Flags of `moat debug`: those of `moat sandbox`, and what a thread takes beside them. */
export function debugFlags(): FlagSpec[] {
  return beside(sandboxFlags(), threadFlags());
}

/** Flags of `moat replay`. */
export function replayFlags(): FlagSpec[] {
  return [
    flag("until", "Stop after so many answers of the model", { value: "N" }),
    flag("json-deltas", "Print text as it came, too"),
    ...helpFlags(),
  ];
}

/** Flags of `moat config`. */
export function configCommandFlags(): FlagSpec[] {
  return [
    ...configFlags(),
    flag("all", "Show values that nobody set, too"),
    flag("origin", "Show where each value comes from"),
    flag("ignore-user-config", "Leave MOAT_HOME/config.toml out"),
    flag("trust", "Use the project's files this once"),
    flag("yes", "Do not ask", { short: "y" }),
    jsonFlag,
    ...helpFlags(),
  ];
}

/** Flags of `moat doctor`. */
export function doctorFlags(): FlagSpec[] {
  return [
    jsonFlag,
    flag("summary", "One line for each part, and the problems"),
    flag("all", "Show settings that nobody set, too"),
    flag("network", "Ask the provider, too: address, certificate, clock, model"),
    ...configFlags(),
    ...helpFlags(),
  ];
}

/** Flags of `moat update`. */
export function updateFlags(): FlagSpec[] {
  return [
    flag("check", "Only say whether there is a newer release"),
    flag("version", "Install this release, newer or older", { value: "X.Y.Z" }),
    flag("base-url", "Where releases lie (MOAT_BASE_URL)", { value: "URL" }),
    ...helpFlags(),
  ];
}

/** Flags of `moat execpolicy`. */
export function execpolicyFlags(): FlagSpec[] {
  return [
    flag("rules", "Rule file", { short: "r", value: "FILE", repeat: true }),
    flag("policy", "Rule file in the form of the first Codex CLI", { value: "FILE", repeat: true }),
    flag("resolve-host-executables", "Name the path that a rule about a program's name was applied to"),
    flag("require-safe", "Exit with 12 when the command is not safe"),
    flag("pretty", "Indent the JSON"),
    ...helpFlags(),
  ];
}
