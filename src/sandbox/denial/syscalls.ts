// Refusals of system calls: which are the sandbox's, and what is said of each.
import type { Denial, SandboxReport } from "../../protocol/index.ts";
import type { Facts } from "./facts.ts";

/** A denial before it is put into words. */
export type FoundDenial = Omit<Denial, "grant">;

const SYSCALL_REASONS = {
  seccomp: "The sandbox ended the command because it made a system call that its filter forbids.",
  no_new_privs: "Nothing gains privileges inside the sandbox: sudo and other setuid programs do not work.",
  ptrace:
    "The sandbox forbids tracing processes, so debuggers, strace and LeakSanitizer (ASAN_OPTIONS=detect_leaks=0) do not work.",
  namespaces:
    "The sandbox forbids making namespaces, so a sandbox inside it does not start. It is confined already: a browser runs " +
    "with --no-sandbox, a build tool with its own sandbox turned off; containers do not start.",
  counters: "The sandbox forbids counting what processors do (perf_event_open).",
  devices: "The sandbox lets no device files be made.",
  limits: "Inside the sandbox a process changes the limits of itself alone.",
  mount: "The sandbox forbids changing mounts and the root directory.",
};

/** Rules that are named by what was refused. */
export type SyscallRule = keyof typeof SYSCALL_REASONS;

/** What is said of a refused call; null when the system itself may have refused it. */
export function judgeSyscall(rule: SyscallRule, report: SandboxReport, facts: Facts): FoundDenial | null {
  if (report.tier !== "ns" && report.tier !== "landlock" && report.tier !== "ns-only") return null;
  if ((rule === "mount" || rule === "devices") && !facts.is_root) return null;
  if (rule === "counters" && !facts.counters) return null;
  // There the command's own processes may be traced, and no others can be seen.
  if (rule === "ptrace" && report.tier === "ns") return null;
  // In the landlock tier the system itself may refuse namespaces: that is why it was chosen.
  if (rule === "namespaces" && report.tier === "landlock" && !facts.is_root) return null;
  return syscallDenial(rule);
}

export function syscallDenial(rule: SyscallRule): FoundDenial {
  return { rule, kind: "syscall", target: null, explanation: SYSCALL_REASONS[rule], opens: null };
}
