import type { FileUpdateChange } from "./item.ts";
import type { JsonObject } from "./json.ts";
import type { CommandNeeds, Denial, SandboxMode } from "./sandbox.ts";

/** When a person is asked. `untrusted` asks for all but known-safe commands; `never` asks nobody and declines instead. */
export type ApprovalPolicy = "untrusted" | "on-failure" | "on-request" | "never";

/** What a call would do outside the thread, as data: the question that is put to the user. */
export type Effect =
  | {
      kind: "command";
      /** The words that would be executed. */
      argv: string[];
      /** The same, as one shell line for display. */
      command: string;
      /** Absolute. */
      cwd: string;
      /** What more than the sandbox gives the model asked for. */
      escalation: Escalation | null;
    }
  | { kind: "patch"; changes: FileUpdateChange[]; cwd: string }
  | {
      kind: "mcp";
      server: string;
      tool: string;
      /** The tool says so of itself. */
      read_only: boolean;
      /** What it would be called with; absent: nothing. */
      arguments?: JsonObject;
      /** What the configuration says of this tool: always asked, or never. Absent: as the tool says of itself. */
      approval?: "prompt" | "approve";
    };

/** More than the sandbox gives, as the model asked for it. */
export interface Escalation {
  /**
   * `write`: one more writable root. `network`: the network, or hosts of it. `needs`: what the command is known to need. `full`: out of
   * the sandbox.
   */
  want: "write" | "network" | "needs" | "full";
  /** For `write` the root; for `network` the host it is wanted for, when the model named one; else null. */
  target: string | null;
  /** For `network`: hosts that are opened by name, and nothing else. Absent: the network as a whole. */
  hosts?: string[];
  justification: string;
  /** For `needs`, and for `network` of a command that is known to need less: what is opened. Absent: it is no such command. */
  needs?: CommandNeeds;
  /** Words of a prefix that the model proposes for a lasting rule. */
  prefix_rule: string[] | null;
}

/** A question to the user. Everything that is needed to answer it is here, so that every front end can show it. */
export interface ApprovalRequest {
  /** Unique within the thread; the answer names it. */
  call_id: string;
  effect: Effect;
  /** Why moat asks: the policy, the rule or the denial that led here. One sentence. */
  reason: string;
  /** Why the model wants it, in its own words. */
  justification: string | null;
  /** The confinement it would run under if approved. */
  sandbox: SandboxMode;
  /**
   * What a yes opens beyond that: directories that may be written, absolute, the network (true: all of it), sockets of programs
   * outside, and files of hidden stores that may be read. Absent: nothing.
   */
  opens?: { write: string[]; network: boolean | { hosts: string[] }; sockets?: string[]; read?: string[] };
  /** Set when the command already ran and the sandbox refused it. */
  denial: Denial | null;
  /** The answers that make sense here, each with what it does. */
  choices: ApprovalChoice[];
}

/** One possible answer and what it does, in words. */
export interface ApprovalChoice {
  decision: Decision["type"];
  label: string;
  /** For `edited`: the shell text as it stands, to start from. */
  command?: string;
  /** For `always`: the first words that the rule is about; the answer gives them back. */
  prefix?: string[];
  /** For `always`: the rule that would be written. */
  rule?: string;
  /** For `always`: earlier commands of the thread that this rule would have let through, the latest first. */
  matched?: string[];
}

/**
 * The answer. `session` covers the exact command and directory until the process ends; `always` writes a prefix rule;
 * `edited` puts another shell text in the place of the command, which is judged as if the model had asked for it and so may
 * lead to another question; `denied` lets the model go on, with the reason; `abort` stops the turn. An answer that was not
 * offered gives less, never more: `session`, and `always` for other words, count once; `edited` for what is no command is a no.
 * `by` says who said no where it was not a person: a program that answers, or the policy of a run in which nobody can be asked.
 */
export type Decision =
  | { type: "approved" }
  | { type: "session" }
  | { type: "always"; prefix: string[] }
  | { type: "edited"; command: string }
  | { type: "denied"; reason?: string; by?: "program" | "policy" }
  | { type: "abort"; by?: "program" };
