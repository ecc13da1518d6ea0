import type { InstructionPart } from "../config/index.ts";
import type { ProviderSettings } from "../model/index.ts";
import type { Loaded, ThreadFacts } from "./contract.ts";

/** Gathers them from what was read. */
export function threadFacts(
  { trust, origins, hooks, config }: Loaded,
  provider: ProviderSettings,
  instructions: InstructionPart[],
): ThreadFacts {
  const { folder, folder_trust } = trust;
  const servers = Object.values(config.mcp_servers).filter(({ enabled }) => enabled).length;
  const files = [...origins.values()].map(({ file }) => file).filter((file) => file !== null);
  return {
    provider,
    instructions,
    folder,
    folder_trust,
    config_files: [...new Set(files)],
    hooks: hooks.length,
    servers,
  };
}
