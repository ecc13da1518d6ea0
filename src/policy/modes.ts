import type { ApprovalPolicy, SandboxMode } from "../protocol/index.ts";

/**
 * Which questions may reach a person under a granular approval policy (the keys of the Codex CLI). A question that may not is
 * answered with no; everything else is as under `on-request`.
 */
export interface Granular {
  /** Running outside the sandbox, and patches outside the writable places. */
  sandbox_approval: boolean;
  /** What a `prompt` rule asks. */
  rules: boolean;
  /** Calls of MCP tools. */
  mcp_elicitations: boolean;
  /** One more writable directory, or the network. */
  request_permissions: boolean;
}

/** A named combination of settings, as users switch between them. */
export interface PolicyMode {
  approval_policy: ApprovalPolicy;
  sandbox_mode: SandboxMode;
  /** Patches inside the writable places need no question, whatever the approval policy says. */
  free_patches: boolean;
  /** One sentence for people. */
  summary: string;
}

/** The modes by name. `suggest` is the old name of asking for everything. */
export const MODES = {
  suggest: {
    approval_policy: "untrusted",
    sandbox_mode: "read-only",
    free_patches: false,
    summary: "Reads; asks before every patch and every command that does more than read.",
  },
  "read-only": {
    approval_policy: "on-request",
    sandbox_mode: "read-only",
    free_patches: false,
    summary: "Runs commands in a sandbox that writes nothing; asks when something must be written.",
  },
  "auto-edit": {
    approval_policy: "untrusted",
    sandbox_mode: "workspace-write",
    free_patches: true,
    summary: "Patches the workspace freely; asks before every command that does more than read.",
  },
  "workspace-write": {
    approval_policy: "on-request",
    sandbox_mode: "workspace-write",
    free_patches: false,
    summary: "Works in the workspace, confined; asks before anything beyond it.",
  },
  full: {
    approval_policy: "never",
    sandbox_mode: "danger-full-access",
    free_patches: false,
    summary: "No sandbox and no questions.",
  },
} as const satisfies Record<string, PolicyMode>;
