import type { TrustQuestion } from "../config/index.ts";
import { visibleLine } from "../term/index.ts";

/** The question as text: each file, what it would do, and what changed. All of it: what is agreed to is not cut. */
export function trustText({ folder, folder_trust, files }: TrustQuestion): string {
  const parts = files.map(({ path, state, asks, diff }) => {
    const wants = asks.map(visibleLine).join("\n         ");
    return `${visibleLine(path)} (${state})\n  wants: ${wants}\n\n${diff}\n`;
  });
  return [`${visibleLine(folder)}${folder_trust === null ? " is not trusted yet" : ""}\n`, ...parts].join("\n");
}

/** The question in one line. */
export function trustLine({ folder, files }: TrustQuestion): string {
  const what =
    files.length === 0 ? "" : ` and use ${files.length === 1 ? "the file" : `the ${files.length} files`} above`;
  return `Trust ${visibleLine(folder)}${what}?`;
}
