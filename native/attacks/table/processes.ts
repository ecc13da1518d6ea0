import { readFileSync } from "node:fs";
import type { Attack } from "../attack.ts";
import { outside, SECRET, type World } from "../world.ts";

/** linux/sched.h: PF_EXITING and PF_SIGNALED. */
const ENDING = 0x4 | 0x400;
/** SIGKILL in the masks of /proc/PID/status. */
const KILL = 1n << 8n;
/** It has ended, or will as soon as it gets to run: a kill waits, is taken, and ends, and is looked for in this order. */
const dead = (world: World) => {
  const of = (name: string) => readFileSync(`/proc/${world.victim?.pid}/${name}`, "latin1");
  try {
    const waiting = [...of("status").matchAll(/^S[ih][gd]Pnd:\s*([0-9a-f]+)$/gm)];
    if (waiting.some(([, mask]) => BigInt(`0x${mask}`) & KILL)) return true;
    const [state = "", , , , , , flags] = of("stat").split(") ").at(-1)?.split(" ") ?? [];
    return "ZX".includes(state) || (Number(flags) & ENDING) !== 0;
  } catch {
    return true;
  }
};
const told = (_: World, output: string) => output.includes(SECRET);
/** A `sleep` with the token's number as its argument is still there. */
const survived = async (world: World) => {
  await Bun.sleep(100);
  return Bun.spawnSync(["pgrep", "-f", `sleep ${sleepOf(world)}`]).exitCode === 0;
};
const sleepOf = (world: World) => `600.${world.env.NUMBER}`;
const end = (world: World) => {
  Bun.spawnSync(["pkill", "-9", "-f", `sleep ${sleepOf(world)}`]);
};
const SLEEP = "600.$NUMBER";

/** Processes outside, and outliving the command. */
export const processes: Attack[] = [
  ...["kill", "tgkill", "sigqueue", "pidfd-kill", "owner-kill"].map(
    (name): Attack => ({ name: `end a process: ${name}`, victim: true, script: `$A ${name} $VICTIM`, succeeded: dead }),
  ),
  { name: "ptrace", victim: true, script: "$A ptrace $VICTIM" },
  { name: "process_vm_readv", victim: true, script: "$A vm-read $VICTIM $ADDRESS", succeeded: told },
  { name: "process_vm_writev", victim: true, script: "$A vm-write $VICTIM $ADDRESS" },
  { name: "/proc/PID/mem, reading", victim: true, script: "$A mem-read $VICTIM $ADDRESS", succeeded: told },
  { name: "/proc/PID/mem, writing", victim: true, script: "$A mem-write $VICTIM $ADDRESS" },
  {
    name: "/proc/PID/environ",
    victim: true,
    script: "tr '\\0' '\\n' < /proc/$VICTIM/environ",
    succeeded: (_, output) => output.includes(`VICTIM_SECRET=${SECRET}`),
  },
  {
    name: "/proc/PID/environ of a closed process",
    victim: "closed",
    script: "tr '\\0' '\\n' < /proc/$VICTIM/environ",
    succeeded: (_, output) => output.includes(`VICTIM_SECRET=${SECRET}`),
  },
  ...["cwd", "exe", "root", "fd/0"].map(
    (name): Attack => ({
      name: `/proc/PID/${name}`,
      victim: true,
      script: `readlink /proc/$VICTIM/${name} && echo GOT THROUGH`,
    }),
  ),
  ...["maps", "io", "timers", "fdinfo/0"].map(
    (name): Attack => ({
      name: `/proc/PID/${name}`,
      victim: true,
      script: `test -e /proc/$VICTIM/stat && cat /proc/$VICTIM/${name} >/dev/null && echo GOT THROUGH`,
    }),
  ),
  {
    name: "/proc/PID/cmdline",
    victim: true,
    script: "cat /proc/$VICTIM/cmdline",
    succeeded: told,
    landlock_open: "/proc shows all processes",
  },
  {
    name: "/proc/PID/status and the numbers of descriptors",
    victim: true,
    script: "grep -q State /proc/$VICTIM/status && ls /proc/$VICTIM/fd >/dev/null && echo GOT THROUGH",
    landlock_open: "/proc shows all processes",
  },
  { name: "a shared memory segment", victim: true, script: "$A shm-read $SEGMENT", succeeded: told },
  {
    name: "a message queue",
    script: "$A mqueue /$TOKEN",
    succeeded: (w) => outside(w, "mq-unlink", `/${w.token}`),
  },
  {
    name: "remove a message queue",
    prepare: (w) => void outside(w, "mqueue", `/${w.token}`),
    script: "$A mq-unlink /$TOKEN",
    succeeded: (w) => !outside(w, "mq-unlink", `/${w.token}`),
  },
  { name: "take a descriptor", victim: true, script: "$A pidfd-getfd $VICTIM $DESCRIPTOR" },
  { name: "set limits", victim: true, script: "$A prlimit $VICTIM" },
  ...[
    ...["setpriority", "setpriority-group", "setpriority-own-group", "setpriority-user"],
    ...["ioprio", "ioprio-group", "ioprio-user"],
    ...["scheduler", "sched-param", "sched-attributes", "affinity"],
  ].map((name): Attack => ({ name: `how a process runs: ${name}`, victim: true, script: `$A ${name} $VICTIM` })),
  { name: "process_madvise", victim: true, script: "$A process-madvise $VICTIM $ADDRESS" },
  { name: "compare kernel objects", victim: true, script: "$A kcmp $VICTIM" },
  { name: "a key in the user's keyring", script: "$A add-key" },
  { name: "outlive the command", script: `$A survive ${SLEEP}`, succeeded: survived, undo: end },
  {
    name: "outlive it in the background",
    script: `nohup setsid sleep ${SLEEP} >/dev/null 2>&1 & sleep 0.05`,
    succeeded: survived,
    undo: end,
  },
  {
    name: "end the launcher and outlive it",
    script: `$A kill-launcher ${SLEEP}`,
    succeeded: survived,
    undo: end,
  },
];
