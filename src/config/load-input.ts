import type { Secrets } from "../base/index.ts";
import type { Override } from "./override.ts";

/** What the configuration depends on. Paths are absolute. */
export interface LoadInput {
  moat_home: string;
  home: string;
  cwd: string;
  env: Record<string, string | undefined>;
  /** What wins over every file, in order; the last one of a key wins. */
  overrides: readonly Override[];
  /** `-p NAME`: MOAT_HOME/NAME.config.toml over the user's file. */
  profile: string | null;
  /** Unknown keys are errors. */
  strict: boolean;
  /** Leave the user's config.toml and hooks.json out. A profile that was asked for is still read. */
  ignore_user: boolean;
  /** Use the project's files in this process without asking for trust. */
  trust: boolean;
  /** Learns every secret that the configuration knows, before anything is said about it. */
  secrets: Secrets;
  /** Where the administrator's file is; /etc/moat/requirements.toml when left out. */
  requirements_path?: string;
}
