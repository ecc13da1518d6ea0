import type { Attack } from "../attack.ts";

const calls: [name: string, command: string][] = [
  ["a user namespace", "unshare 10000000"],
  ["a network namespace", "unshare 40000000"],
  ["a mount namespace", "unshare 20000"],
  ["a user namespace by clone", "clone 10000000"],
  ["user and mount namespaces", "unshare 10020000"],
  ["user and network namespaces by clone", "clone 50000000"],
  ["a PID namespace by clone", "clone 20000000"],
  ["a user namespace by clone3", "clone3 10000000"],
  ["entering a namespace", "setns /proc/self/ns/uts"],
  ["mount", "mount ."],
  ["umount", "umount ."],
  ["open_tree", "open-tree ."],
  ["fsopen", "fsopen tmpfs"],
  ["mount_setattr", "mount-setattr ."],
  ["open_tree_attr", "open-tree-attr ."],
  ["move_mount", "move-mount ."],
  ["fspick", "fspick ."],
  ["pivot_root", "pivot-root ."],
  ["io_uring", "io-uring"],
  ["bpf", "bpf"],
  ["perf_event_open", "perf"],
  ["userfaultfd", "userfaultfd"],
  ["keyctl", "keyctl"],
  ["fanotify", "fanotify"],
  ["syslog", "syslog"],
  ["adjtimex", "adjtimex"],
  ["sethostname", "sethostname"],
  ["delete_module", "delete-module"],
  ["acct", "acct no-such-file"],
  ["the 32-bit system call entry", "compat"],
  ["a call that a tracer puts in", "put-in-unshare 10000000"],
  ["a mount namespace that a tracer puts in", "put-in-unshare 20000"],
  ["a filter that is off while a process is traced", "suspend-filter"],
];

/** Parts of the kernel that a command does not get. */
export const kernel: Attack[] = [
  ...calls.map(([name, command]): Attack => ({ name, script: `$A ${command}` })),
  // In a terminal of its own, so that the control types into nothing that matters.
  { name: "typing into the terminal", script: "script -qc '$A tiocsti' /dev/null" },
];
