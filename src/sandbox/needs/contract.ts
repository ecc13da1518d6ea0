/** A command that was recognised. */
export interface KnownCommand {
  /** The first word that is no option. */
  command: string;
  /** What stands behind it. */
  args: string[];
  /** Where it runs; absolute. */
  directory: string;
  /** `NAME=value` of `-c`. */
  settings: string[];
}

/** Where a remote repository is. */
export interface Remote {
  scheme: "http" | "https" | "ssh";
  /** Of ssh as it is written: an alias of its configuration, perhaps. */
  host: string;
  /** null: the scheme's own. */
  port: number | null;
}
