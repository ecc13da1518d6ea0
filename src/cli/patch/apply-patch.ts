import { USAGE } from "../../base/index.ts";
import { parsePatch } from "../../patch/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { applyFromCli, decodePatch, unread } from "./command.ts";

/** `moat apply-patch [PATCH|-]`, also what the binary does when it is called `apply_patch`. */
export const run: CommandRun = async ({ args, rest, flags, host }) => {
  const words = [...args, ...rest];
  if (words.length > 1) return usage("Error: apply_patch accepts exactly one argument.", host);
  const [word] = words;
  if (word === undefined && host.stdin_is_tty) {
    return usage("Usage: moat apply-patch 'PATCH', or: moat apply-patch < FILE", host);
  }
  const piped = word === undefined || word === "-" ? await host.readStdin() : null;
  if (piped?.ok === false) return unread("standard input", piped, host);
  const text = piped ? decodePatch(piped.bytes, host) : (word ?? "");
  if (text === null) return USAGE;
  if (text.trim() === "") return usage("Usage: moat apply-patch 'PATCH', or: moat apply-patch < FILE", host);
  return applyFromCli(parsePatch(text), flags, host);
};

function usage(message: string, host: Host): number {
  host.stderr(`${message}\n`);
  return USAGE;
}
