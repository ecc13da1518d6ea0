import { readFileSync } from "node:fs";
import type { Attack } from "../attack.ts";
import { SECRET, type World } from "../world.ts";

const dead = (world: World) => {
  try {
    return /\) Z/.test(readFileSync(`/proc/${world.victim?.pid}/stat`, "latin1"));
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
  { name: "/proc/PID/mem, reading", victim: true, script: "$A mem-read $VICTIM $ADDRESS", succeeded: told },
  { name: "/proc/PID/mem, writing", victim: true, script: "$A mem-write $VICTIM $ADDRESS" },
  {
    name: "/proc/PID/environ",
    victim: true,
    script: "tr '\\0' '\\n' < /proc/$VICTIM/environ",
    succeeded: (_, output) => output.includes(`VICTIM_SECRET=${SECRET}`),
  },
  {
    name: "/proc/PID/cmdline",
    victim: true,
    script: "cat /proc/$VICTIM/cmdline",
    succeeded: told,
    landlock_open: "/proc shows all processes",
  },
  { name: "a shared memory segment", victim: true, script: "$A shm-read $SEGMENT", succeeded: told },
  { name: "a message queue", script: "$A mqueue /$TOKEN", succeeded: mqueueExists, undo: removeQueue },
  { name: "take a descriptor", victim: true, script: "$A pidfd-getfd $VICTIM $DESCRIPTOR" },
  { name: "set limits", victim: true, script: "$A prlimit $VICTIM" },
  { name: "set priority", victim: true, script: "$A setpriority $VICTIM" },
  { name: "set the scheduler", victim: true, script: "$A scheduler $VICTIM" },
  {
    name: "set the processor",
    victim: true,
    script: "$A affinity $VICTIM",
    landlock_open: "threads of the command need the call too",
  },
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

function mqueueExists(world: World): boolean {
  return (
    Bun.spawnSync([
      "python3",
      "-c",
      `import ctypes; exit(ctypes.CDLL("librt.so.1").mq_unlink(b"/${world.token}") != 0)`,
    ]).exitCode === 0
  );
}
function removeQueue(): void {
  // Looking for it removed it.
}
