import type { HttpFetch } from "./wire/http.ts";

/** When a person is asked about a tool: as the tool says of itself, always, or never. */
export type ToolApproval = "auto" | "prompt" | "approve";

/** A server that is a program of this machine. */
export interface ProgramServer {
  kind: "stdio";
  argv: string[];
  /** Its whole environment, beside the few variables that every program needs. */
  env: Record<string, string>;
  /** Absolute. */
  cwd: string;
  /** The sandbox lets it reach the network. */
  network: boolean;
  /** false: it runs outside the sandbox. */
  confined: boolean;
  /**
   * Finds the program again before each start, where it must be none that commands could have changed, with a PATH of which the same is
   * true. Absent: it is as it is named.
   */
  prepare?(): { ok: true; argv: string[]; PATH: string } | { ok: false; message: string };
}

/** A server that is reached over HTTP. */
export interface AddressServer {
  kind: "http";
  url: string;
  headers: Record<string, string>;
  /** OAuth scopes to ask for; empty: those that the server names. */
  scopes: string[];
  /** Client of an authorization server that registers none by itself; null: moat registers. */
  client_id: string | null;
}

/** A configured server of tools. */
export interface ServerConfig {
  name: string;
  /** How it is reached; or why it cannot be. */
  place: ProgramServer | AddressServer | { kind: "wrong"; message: string };
  /** No turn begins without it. */
  required: boolean;
  startup_timeout_ms: number;
  tool_timeout_ms: number;
  /** null: all of them. */
  enabled_tools: readonly string[] | null;
  disabled_tools: readonly string[];
  approval: ToolApproval;
  /** Tools for which that is another. */
  approvals: Readonly<Record<string, ToolApproval>>;
  /** Its tools may run side by side. */
  parallel: boolean;
}

/** What servers are reached with. */
export interface ServerWorld {
  version: string;
  /** Where lists of tools and tokens are kept. Absolute. */
  moat_home: string;
  fetch: HttpFetch;
  /** Takes note of a key: it leaves moat nowhere from then on. */
  learn(secret: string): void;
  /** The administrator lets moat reach this address. */
  allows(url: string): boolean;
  /** Wall clock, in ms since 1970. */
  date(): number;
}
