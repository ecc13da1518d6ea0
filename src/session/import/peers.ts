import type { SourceAgent } from "./contract.ts";

/** Agents whose sessions can be imported, by the names that `--from` takes. */
export const PEERS = {
  codex: async () => (await import("./codex/codex.ts")).codex,
  claude: async () => (await import("./agents/claude.ts")).claude,
  gemini: async () => (await import("./agents/gemini.ts")).gemini,
  qwen: async () => (await import("./agents/qwen.ts")).qwen,
  pi: async () => (await import("./agents/pi.ts")).pi,
  copilot: async () => (await import("./agents/copilot.ts")).copilot,
  opencode: async () => (await import("./agents/opencode.ts")).opencode,
  moat: async () => (await import("./agents/moat.ts")).moat,
} satisfies Record<string, () => Promise<SourceAgent>>;
export type PeerName = keyof typeof PEERS;
