import { z } from "zod/mini";
import type {
  ChangedPath,
  CheckpointGap,
  PlannedChange,
  RestoredFiles,
  TurnFiles,
  UndoConflict,
} from "../checkpoint.ts";

// What turns change on the disk, and what undo does, as schemas.

const entryType = z.enum(["file", "directory", "symlink", "other"]);

const changedPath = z.strictObject({
  path: z.string(),
  kind: z.enum(["create", "update", "delete", "rename"]),
  type: entryType,
  from: z.exactOptional(z.string()),
  by: z.enum(["patch", "command", "mcp"]),
  call_id: z.string(),
  bytes_before: z.nullable(z.int()),
  bytes_after: z.nullable(z.int()),
}) satisfies z.ZodMiniType<ChangedPath>;

const gap = z.strictObject({
  reason: z.enum([
    "over_file_cap",
    "over_turn_cap",
    "no_space",
    "unreadable",
    "caller_unreadable",
    "path_unresolvable",
    "not_keepable",
    "io_error",
    "git",
    "not_recorded",
    "pruned",
  ]),
  path: z.nullable(z.string()),
  why: z.string(),
}) satisfies z.ZodMiniType<CheckpointGap>;

const plannedChange = z.strictObject({
  path: z.string(),
  kind: z.enum(["restore", "remove", "rewrite", "move", "metadata"]),
  type: entryType,
  from: z.exactOptional(z.string()),
}) satisfies z.ZodMiniType<PlannedChange>;

const conflict = z.strictObject({ path: z.string(), why: z.string() }) satisfies z.ZodMiniType<UndoConflict>;

/** `files` of the record that closes a turn. */
export const turnFiles = z.strictObject({
  changes: z.array(changedPath),
  count: z.int(),
  unlisted: z.exactOptional(z.strictObject({ count: z.int(), call_ids: z.array(z.string()) })),
  deleted_bytes: z.int(),
  created_bytes: z.int(),
  gaps: z.array(gap),
}) satisfies z.ZodMiniType<TurnFiles>;

/** Fields of `files.restored`. */
export const restoredFields = {
  kind: z.enum(["undo", "redo"]),
  turns: z.array(z.string()),
  changes: z.array(plannedChange),
  count: z.int(),
  conflicts: z.array(conflict),
  gaps: z.array(gap),
  failures: z.array(conflict),
} satisfies { [K in keyof RestoredFiles]: z.ZodMiniType<RestoredFiles[K]> };
