import type { FlagSpec } from "./spec.ts";

const flag = (name: string, help: string, more: Omit<FlagSpec, "name" | "help"> = {}): FlagSpec => ({
  name,
  help,
  ...more,
});

/** Flags of every command. */
export const helpFlags: FlagSpec[] = [flag("help", "Show this help", { short: "h" })];

/** What a thread runs with; shared by every front end. */
export const threadFlags: FlagSpec[] = [
  flag("model", "Model to use", { short: "m", value: "MODEL" }),
  flag("cd", "Directory to work in", { short: "C", value: "DIR" }),
  flag("sandbox", "read-only, workspace-write or danger-full-access", { short: "s", value: "MODE" }),
  flag("config", "Set a configuration key, as in -c model_reasoning_effort=high", {
    short: "c",
    value: "KEY=VALUE",
    repeat: true,
  }),
  flag("strict-config", "Make an unknown configuration key an error"),
];

/** Flags of `moat exec`. */
export const execFlags: FlagSpec[] = [
  ...threadFlags,
  flag("json", "Print events as JSON Lines on stdout", { aliases: ["experimental-json"] }),
  flag("output-last-message", "Write the final message to FILE", { short: "o", value: "FILE" }),
  flag("skip-git-repo-check", "Work outside a git repository", { aliases: ["allow-no-git-exec"] }),
  flag("color", "always, never or auto", { value: "WHEN" }),
  flag("thread-source", "Where the thread comes from; sent by SDKs", { value: "SOURCE", hidden: true }),
  ...helpFlags,
];

/** Flags of `moat threads`; each verb says which of them it has. */
export const threadsFlags: FlagSpec[] = [
  flag("json", "Print JSON"),
  flag("all", "list: threads of every directory, not only of this one"),
  flag("archived", "list, search: archived threads only"),
  flag("limit", "list, search: show at most N threads", { value: "N" }),
  flag("output", "export: write to FILE; its ending says the format", { short: "o", value: "FILE" }),
  flag("format", "export: md, html or jsonl", { value: "FORMAT" }),
  flag("yes", "delete: do not ask", { short: "y" }),
  flag("dry-run", "gc: say what would be removed, and remove nothing"),
  flag("max-size", "gc: bytes that threads may take, as in 500M; 1G without it", { value: "SIZE" }),
  ...helpFlags,
];
