/**
 * What really happened in a headless run, written by moat from what it did, never from what the model says. It closes the
 * record of a turn: field `evidence` of `turn.completed` and `turn.failed`.
 */
export interface Evidence {
  /** Every command that was started, in the order of their ends. */
  commands: CommandEvidence[];
  /** Every file that a patch changed, once, as it was when the turn ended. What commands write is not in it. */
  files: FileEvidence[];
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
  /** Of the content when the turn ended, in hex; null when there is no such file any more. */
  sha256: string | null;
}

export interface RequiredEvidence {
  command: string;
  /** It was run after the last patch, and the last time that it was run it returned 0. */
  met: boolean;
}
