import type { ChangeMaker } from "./checkpoint.ts";

/**
 * What really happened in a headless run, written by moat from what it did, never from what the model says. It closes the
 * record of a turn: field `evidence` of `turn.completed` and `turn.failed`.
 */
export interface Evidence {
  /** Every command that was started, in the order of their ends. */
  commands: CommandEvidence[];
  /** Every file that the turn changed, once, as it was when the turn ended: by patches, and by commands as far as undo recorded it. */
  files: FileEvidence[];
  /** Files that commands changed beside those, which are too many to list; absent: none. */
  unlisted?: number;
  /** Calls that were declined: nothing of them was run. */
  declined: number;
  /** The commands of `--require-evidence`; absent when none was given. */
  required?: RequiredEvidence[];
}

export interface CommandEvidence {
  /** The script, or the words quoted for a shell; cut after 2,000 characters. */
  command: string;
  /** -1: it could not be started. */
  exit_code: number;
  /** The runner, when the command runs tests (the table is in docs/exec.md); absent otherwise. */
  test_runner?: string;
}

export interface FileEvidence {
  /** Absolute. A moved file is there under both paths. */
  path: string;
  kind: "add" | "update" | "delete";
  /** What changed it last. */
  by: ChangeMaker;
  /** Of the content when the turn ended, in hex; null when there is no such file any more. */
  sha256: string | null;
  /** Of the content when the turn ended; null when there is no such file any more. */
  bytes: number | null;
}

export interface RequiredEvidence {
  command: string;
  /** It was run after the last change of a file by anything else, and the last time that it was run it returned 0. */
  met: boolean;
}
