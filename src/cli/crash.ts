import { systemReason } from "../base/index.ts";
import { LockedError, RolloutError } from "../session/index.ts";

/**
 * What is told of an error that nobody expected. One of the system, or of a thread's file, says what it is; any other is a mistake of moat's, whose
 * place helps to repair it.
 */
export function crashText(error: unknown): string {
  if (!(error instanceof Error)) return `moat: ${String(error)}\n`;
  if (error instanceof RolloutError || error instanceof LockedError) return `moat: ${error.message}\n`;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === "ELOOP" && path !== undefined) return `moat: ${path}: ${systemReason(error).why}\n`;
  if (code !== undefined && syscall !== undefined) return `moat: ${error.message}\n`;
  return `moat: this is a mistake of moat's, please report it: ${error.stack ?? error.message}\n`;
}
