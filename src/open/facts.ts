import type { FolderTrust, InstructionPart } from "../config/index.ts";
import type { ProviderSettings } from "../model/index.ts";
import type { Loaded } from "./contract.ts";

/** What a thread was opened with, beyond its settings. */
export interface ThreadFacts {
  provider: ProviderSettings;
  /** Files of instructions, in the order in which the model gets them. */
  instructions: InstructionPart[];
  /** Root of the project. */
  folder: string;
  /** null: nobody was asked yet. */
  folder_trust: FolderTrust | null;
  /** Files that set something. */
  config_files: string[];
  /** Programs that run at events. */
  hooks: number;
}

/** Gathers them from what was read. */
export function threadFacts(
  { trust, origins, hooks }: Loaded,
  provider: ProviderSettings,
  instructions: InstructionPart[],
): ThreadFacts {
  const { folder, folder_trust } = trust;
  const files = [...origins.values()].map(({ file }) => file).filter((file) => file !== null);
  return { provider, instructions, folder, folder_trust, config_files: [...new Set(files)], hooks: hooks.length };
}
