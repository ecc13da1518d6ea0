import { beside, flag, helpFlags, threadFlags } from "./flags.ts";
import type { FlagSpec } from "./spec.ts";
import { mainScreenFlag, replFlags } from "./talk/repl-flags.ts";

/** What a task is given and may do, beside what every thread has. */
function taskFlags(): FlagSpec[] {
  return [
    flag("image", "Attach an image; repeated, or several with commas between", {
      short: "i",
      value: "FILE",
      repeat: true,
    }),
    flag("worktree", "Work in a fresh git worktree, and keep it when something changed"),
    flag("ignore-user-config", "Leave MOAT_HOME/config.toml out"),
    flag("ignore-rules", "Leave rule files out"),
    flag("ephemeral", "Keep no record of the thread"),
    flag("skip-git-repo-check", "Work outside a git repository", { aliases: ["allow-no-git-exec"] }),
    flag("thread-source", "Where the thread comes from; sent by SDKs", { value: "SOURCE", hidden: true }),
    flag("full-context", "Give the model every text file of the project at once", { short: "f" }),
  ];
}

/** How the result is told. */
function outputFlags(): FlagSpec[] {
  return [
    flag("json", "Print events as JSON Lines on stdout", { aliases: ["experimental-json"] }),
    flag("json-deltas", "The same, with text as it comes"),
    flag("quiet", "The same as --json; with PRETTY_PRINT=1, as text", { short: "q" }),
    flag("output-last-message", "Write the final message to FILE", { short: "o", value: "FILE" }),
    flag("output-schema", "The final message must be JSON that follows this JSON Schema", { value: "FILE" }),
    flag("color", "always, never or auto", { value: "WHEN", values: ["always", "never", "auto"] }),
  ];
}

/** When a run counts as good. */
function gateFlags(): FlagSpec[] {
  return [
    flag("approve-with", "Program that answers what would be asked: JSON on stdin, JSON on stdout", {
      value: "PROGRAM",
    }),
    flag("fail-on-decline", "Exit with 3 when a call was declined"),
    flag("require-evidence", "Exit with 7 unless COMMAND returned 0 after the last edit", {
      value: "COMMAND",
      repeat: true,
    }),
    flag("give-up-after", "Exit with 5 when the provider stays away this long, as in 90s or 10m", { value: "TIME" }),
  ];
}

function pickFlags(): FlagSpec[] {
  return [flag("last", "The thread that was used last"), flag("all", "Of every directory, not only of this one")];
}

function reviewTargetFlags(): FlagSpec[] {
  return [
    flag("uncommitted", "Review what is not committed yet"),
    flag("base", "Review what was added since BRANCH", { value: "BRANCH" }),
    flag("commit", "Review one commit", { value: "SHA" }),
    flag("title", "What the change is about", { value: "TEXT" }),
  ];
}

function everyTask(): FlagSpec[] {
  return [...threadFlags(), ...taskFlags(), ...outputFlags(), ...gateFlags()];
}

/** Flags of `moat exec` and of its subcommands, in any order and on either side of them. */
export function execFlags(): FlagSpec[] {
  return [...everyTask(), ...pickFlags(), ...reviewTargetFlags(), ...helpFlags()];
}

/** Flags of `moat review`. */
export function reviewFlags(): FlagSpec[] {
  return [...everyTask(), ...reviewTargetFlags(), ...helpFlags()];
}

/** Flags of `moat resume` and `moat fork`: those of exec, and of a conversation. */
export function resumeFlags(): FlagSpec[] {
  return beside([...everyTask(), ...pickFlags()], [...replFlags(), mainScreenFlag]);
}
