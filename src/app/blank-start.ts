import type { StartFacts } from "../view/index.ts";

/** The greeting before anything was read: what is known later fills in without moving a line. */
export function blankStart(version: string, directory: string): StartFacts {
  const blank = { model: "", effort: null, branch: null, sandbox: "", approvals: "", enforced: "" };
  return { ...blank, version, directory, extras: [" "], warnings: [] };
}
