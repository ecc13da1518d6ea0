import { flag, helpFlags, threadFlags } from "../flags.ts";
import type { FlagSpec } from "../spec.ts";

const approvalFlag = flag("ask-for-approval", "untrusted, on-failure, on-request or never", {
  short: "a",
  value: "POLICY",
});
const gitFlag = flag("skip-git-repo-check", "Work outside a git repository", { aliases: ["allow-no-git-exec"] });

/** Flags of a conversation with a person, beside what every thread has. */
export const replFlags: FlagSpec[] = [
  approvalFlag,
  flag("image", "Send an image with the first message", { short: "i", value: "FILE", repeat: true }),
  ...threadFlags,
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
  ...helpFlags,
];

/** What the app has besides; -vv is the repl's. */
export const screenFlags: FlagSpec[] = [
  ...replFlags.filter(({ name }) => name !== "verbose" && name !== "no-ansi" && name !== "help"),
  flag("no-ansi", "Plain text: the repl, without colour, line editing and dialogs"),
  ...helpFlags,
];

/** Flags of moat alone. Here -v is the TypeScript CLI's; in the repl it is the first Rust CLI's. */
export const appFlags: FlagSpec[] = [
  flag("view", "Show a stored thread", { short: "v", value: "ROLLOUT" }),
  flag("version", "Show the version", { short: "V" }),
  ...screenFlags,
  flag("no-alt-screen", "Use the main screen, as `moat interactive` does"),
];

/** Flags of `moat init`. */
export const initFlags: FlagSpec[] = [...threadFlags, flag("yes", "Do not ask", { short: "y" }), ...helpFlags];

/** Flags of `moat acp`: the editor says where each thread works. */
export const acpFlags: FlagSpec[] = [
  approvalFlag,
  ...threadFlags.filter(({ name }) => name !== "cd" && name !== "record"),
  ...helpFlags,
];

/** Flags of `moat mcp-server`: the most that its callers get. */
export const mcpServerFlags: FlagSpec[] = [
  approvalFlag,
  ...threadFlags.filter(({ name }) => name !== "record"),
  gitFlag,
  ...helpFlags,
];

/** Flags of `moat proto`. */
export const protoFlags: FlagSpec[] = [
  approvalFlag,
  ...threadFlags,
  gitFlag,
  flag("ephemeral", "Keep no record of the thread"),
  ...helpFlags,
];
