import { safeJsonLine } from "../../term/index.ts";
import type { Host } from "../contract.ts";

/** One message to a program that talks to moat, with nothing taken out: it may hold what a person is to approve. */
export function writeLine({ data }: Pick<Host, "data">, message: unknown): void {
  for (const text of safeJsonLine(message)) data(text);
}
