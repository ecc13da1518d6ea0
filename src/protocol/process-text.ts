import type { CommandProcess } from "./item.ts";

/** Bytes of a MB, as memory is told to people. */
const MB = 1e6;

/** What a command took, for people: "0.98 s, CPU 0.32 s, at most 213 MB, printed 588,895 bytes (40,114 shown to the model)". */
export function processText(process: CommandProcess): string {
  const {
    wall_ms,
    user_ms,
    system_ms,
    peak_memory_bytes,
    output_bytes,
    shown_bytes,
    signal,
    ended,
    memory_limit_met: met,
  } = process;
  const cpu = user_ms === undefined || system_ms === undefined ? [] : [`CPU ${seconds(user_ms + system_ms)}`];
  const memory = peak_memory_bytes === undefined ? [] : [`at most ${(peak_memory_bytes / MB).toFixed(0)} MB`];
  const shown =
    shown_bytes === undefined || shown_bytes === output_bytes ? "" : ` (${count(shown_bytes)} shown to the model)`;
  const limit = met === undefined ? [] : [met === "yes" ? "memory limit met" : "memory limit likely met"];
  const end = [
    ...limit,
    ...(signal === undefined ? [] : [signal]),
    ...(ended === "exited" ? [] : [ended.replace("_", " ")]),
  ];
  return [...end, seconds(wall_ms), ...cpu, ...memory, `printed ${count(output_bytes)} bytes${shown}`].join(", ");
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const count = (bytes: number) => bytes.toLocaleString("en-US");

/** Where a command wrote into the private layer over the home directory, on one line. The names are the command's choice. */
export function homeWroteText(places: readonly string[]): string {
  const named = places.map((place) => place.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, "?")).join(", ");
  return `wrote to ${named}: kept in a private layer of this workspace, the real home directory is unchanged; \`moat sandbox home list\``;
}
