import type { SandboxReport } from "../protocol/index.ts";
import type { Spent } from "./contract.ts";

/** That a command's limit on memory was met: the kernel says so, or what the command printed reads like it. */
export interface MemoryStruck {
  certain: boolean;
  /** For the user and the model. */
  text: string;
}

/** What programs say that got no memory. The kernel says nothing of a limit for each process. */
const SAID = [
  /\bMemoryError\b/,
  /cannot allocate memory/i,
  /\bout of memory\b/i,
  /\bENOMEM\b/,
  /\bbad_alloc\b/,
  /\bOutOfMemoryError\b/,
  /could not reserve enough space/i,
  /memory allocation of \d+ bytes failed/,
  /\bmemory exhausted\b/i,
  /failed to allocate \d+/i,
  /\ballocation failed\b/i,
];
const SANITIZER =
  /(?:Address|HWAddress|Memory|Thread|Leak)Sanitizer[^\n]*(?:failed|allocate|mmap|shadow)|ReserveShadowMemoryRange failed/;
/** Characters at the end of an output that are looked at: a program that stops says why at its end. */
const LOOKED_AT = 16_384;

/** Whether a command met its limit. null: it did not, as far as can be known. */
export function memoryStruck(ended: {
  limit: number | undefined;
  report: SandboxReport | null;
  spent: Spent | null;
  exit_code: number;
  output: string;
}): MemoryStruck | null {
  const { limit, report, spent, exit_code, output } = ended;
  if (limit === undefined || report?.memory === undefined) return null;
  if (report.memory === "cgroup") {
    const killed = spent?.killed_for_memory ?? 0;
    return killed === 0 ? null : { certain: true, text: `${killedText(killed, limit)} ${RAISE}` };
  }
  if (exit_code === 0) return null;
  const end = output.slice(-LOOKED_AT);
  if (SANITIZER.test(end)) return { certain: false, text: SANITIZED };
  if (!SAID.some((said) => said.test(end))) return null;
  return { certain: false, text: `Likely the memory limit: each process may allocate ${sizeText(limit)}. ${RAISE}` };
}

const killedText = (killed: number, limit: number) =>
  `Memory limit: the kernel killed ${killed} ${killed === 1 ? "process" : "processes"} of it, because all together may take ${sizeText(limit)}.`;

const RAISE = 'The user can raise it (memory_limit = "8GB" in the configuration, or -c memory_limit=off).';
const SANITIZED =
  "Likely the memory limit: what is built with a sanitizer reserves terabytes of addresses, which no limit for each process allows. " +
  "The user can switch it off for this (-c memory_limit=off).";

function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${+(bytes / 1e9).toFixed(2)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
