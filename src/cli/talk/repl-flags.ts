import { flag, helpFlags, threadFlags } from "../flags.ts";
import type { FlagSpec } from "../spec.ts";

const approvalFlag = flag("ask-for-approval", "untrusted, on-failure, on-request or never", {
  short: "a",
  value: "POLICY",
  values: ["untrusted", "on-failure", "on-request", "never"],
});
const gitFlag = flag("skip-git-repo-check", "Work outside a git repository", { aliases: ["allow-no-git-exec"] });

/** Flags of a conversation with a person, beside what every thread has. */
export function replFlags(): FlagSpec[] {
  return [
    approvalFlag,
    flag("image", "Send an image with the first message", { short: "i", value: "FILE", repeat: true }),
    ...threadFlags(),
    gitFlag,
    flag("worktree", "Work in a fresh git worktree, and keep it when something changed"),
    flag("no-ansi", "Plain text: no colour, no line editing, no dialogs"),
    flag("screen-reader", "Words in the place of signs, and nothing that is drawn and taken back"),
    flag("full-stdout", "Show whole outputs of commands", { aliases: ["no-truncate"] }),
    flag("notify", "Ring the bell when a turn is done"),
    flag("record-submissions", "Write what goes in to FILE, as JSON Lines", { short: "S", value: "FILE" }),
    flag("record-events", "Write what comes out to FILE, as JSON Lines", { short: "E", value: "FILE" }),
    flag("json-to", "Write the lines of exec --json to FILE beside the screen; a number is an open descriptor", {
      value: "FILE",
    }),
    flag("verbose", "Write more into MOAT_HOME/log/moat.log; -vv and -vvv still more", { short: "v", repeat: true }),
    ...helpFlags(),
  ];
}

/** Of whatever may be the app on its screen. */
export const mainScreenFlag = flag("no-alt-screen", "Use the main screen, as `moat interactive` does");

/** What the app has besides; -vv is the repl's. */
export function screenFlags(): FlagSpec[] {
  return [
    ...replFlags().filter(({ name }) => name !== "verbose" && name !== "no-ansi" && name !== "help"),
    flag("no-ansi", "Plain text: the repl, without colour, line editing and dialogs"),
    ...helpFlags(),
  ];
}

/** Flags of moat alone. Here -v is the TypeScript CLI's; in the repl it is the first Rust CLI's. */
export function appFlags(): FlagSpec[] {
  return [
    flag("view", "Show a stored thread", { short: "v", value: "ROLLOUT", values: "threads" }),
    flag("version", "Show the version", { short: "V" }),
    ...screenFlags(),
    mainScreenFlag,
  ];
}

/** Flags of `moat init`. */
export function initFlags(): FlagSpec[] {
  return [...threadFlags(), flag("yes", "Do not ask", { short: "y" }), ...helpFlags()];
}

/** Flags of `moat acp`: the editor says where each thread works. */
export function acpFlags(): FlagSpec[] {
  return [approvalFlag, ...threadFlags().filter(({ name }) => name !== "cd" && name !== "record"), ...helpFlags()];
}

/** Flags of `moat mcp-server`: the most that its callers get. */
export function mcpServerFlags(): FlagSpec[] {
  return [approvalFlag, ...threadFlags().filter(({ name }) => name !== "record"), gitFlag, ...helpFlags()];
}

/** Flags of `moat proto`. */
export function protoFlags(): FlagSpec[] {
  return [approvalFlag, ...threadFlags(), gitFlag, flag("ephemeral", "Keep no record of the thread"), ...helpFlags()];
}
