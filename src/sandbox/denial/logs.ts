// Where the command line says that what a program tells goes into a file, the reason of a failure is there.
import { resolve } from "node:path";

/** Redirections, and the option by which servers are given a log (`pg_ctl -l FILE`). */
const TO_FILE =
  /(?:&>>?|[12]?>>?)(?!&)\s*([^\s;&|<>()'"`$]+)|\s(?:-l|--log(?:file)?)[ =]([^\s;&|<>()'"`$-][^\s;&|<>()'"`$]*)/g;

/**
 * Files of a command line that what it runs may have told its reason to, the last first.
 * @param bases directories that a relative path may start from
 */
export function namedLogs(command: string, bases: string[]): string[] {
  const names = [...command.matchAll(TO_FILE)].map(([, redirected, option]) => redirected ?? option ?? "");
  const found = names.reverse().filter((name) => !name.startsWith("/dev/"));
  return [...new Set(found.flatMap((name) => bases.map((base) => resolve(base, name))))];
}
