import { systemReason } from "../base/index.ts";
import { LockedError, RolloutError } from "../session/index.ts";

/** Codes of the system; those of the runtime have low lines in them, as ERR_INVALID_ARG_TYPE. */
const SYSTEM = /^E[A-Z0-9]+$/;

/**
 * What is told of an error that nobody expected. One of the system, or of a thread's file, says what it is; any other is a mistake of moat's, whose
 * place helps to repair it.
 */
export function crashText(error: unknown): string {
  if (!(error instanceof Error)) return `moat: ${String(error)}\n`;
  if (error instanceof RolloutError || error instanceof LockedError) return `moat: ${error.message}\n`;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === "ELOOP" && path !== undefined) return `moat: ${path}: ${systemReason(error).why}\n`;
  // Bun leaves the call out where the name alone is wrong.
  if (code !== undefined && (syscall !== undefined || SYSTEM.test(code))) return `moat: ${error.message}\n`;
  return `moat: this is a mistake of moat's, please report it: ${error.stack ?? error.message}\n`;
}
