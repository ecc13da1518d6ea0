import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChangedPath, CheckpointGap, TurnChanges } from "../contract.ts";

/** What is known of a turn without its list of paths. `lost`: the gaps that no journal has, which are among its gaps, too. */
interface TurnSums extends Omit<TurnChanges, "changes"> {
  lost: readonly CheckpointGap[];
}

const NOTHING: TurnSums = { gaps: [], deleted_bytes: 0, created_bytes: 0, lost: [] };

/** What a turn changed, kept for lists, so that they need not read every journal: the paths, and beside them what is asked without them. */
export class KeptChanges {
  readonly #directory: string;
  #changes: ChangedPath[] | null = null;

  /** @param directory of the turn's captures */
  constructor(directory: string) {
    this.#directory = directory;
  }

  write({ changes, ...sums }: TurnSums & TurnChanges): void {
    // A command that began earlier has its capture in an earlier turn's.
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#replace(CHANGES, Bun.zstdCompressSync(Buffer.from(JSON.stringify({ ...sums, changes }))));
    this.#replace(SUMS, JSON.stringify(sums));
  }

  sums(): TurnSums {
    const path = join(this.#directory, SUMS);
    // What was written before there was such a file.
    if (!existsSync(path)) return this.#whole();
    return JSON.parse(readFileSync(path, "utf8")) as TurnSums;
  }

  changes(): ChangedPath[] {
    this.#changes ??= this.#whole().changes;
    return this.#changes;
  }

  #whole(): TurnSums & TurnChanges {
    const path = join(this.#directory, CHANGES);
    if (!existsSync(path)) return { ...NOTHING, changes: [] };
    return JSON.parse(Buffer.from(Bun.zstdDecompressSync(readFileSync(path))).toString());
  }

  #replace(name: string, bytes: Uint8Array | string): void {
    const path = join(this.#directory, name);
    writeFileSync(`${path}.new`, bytes, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

const CHANGES = "changes.zst";
const SUMS = "sums.json";
