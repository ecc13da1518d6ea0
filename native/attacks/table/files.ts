import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attack } from "../attack.ts";
import { KEPT, read, type World } from "../world.ts";

const changed = (world: World) => read(world, "outside/keep") !== KEPT;
const made = (world: World) => lstatSync(join(world.outside, "new"), { throwIfNoEntry: false }) !== undefined;

/** Harmless: it names core dumps by process id. */
const SYSCTL = "/proc/sys/kernel/core_uses_pid";
const sysctl = readSysctl();
function readSysctl(): string {
  return existsSync(SYSCTL) ? readFileSync(SYSCTL, "utf8") : "";
}

/** Writing outside of the writable roots. */
export const files: Attack[] = [
  { name: "create a file", script: "echo x > $OUT/new", succeeded: made },
  { name: "creat()", script: "$A creat $OUT/new", succeeded: made },
  { name: "append to a file", script: "echo x >> $OUT/keep", succeeded: changed },
  { name: "overwrite a file", script: ": > $OUT/keep", succeeded: changed },
  { name: "openat2()", script: "$A openat2 $OUT/keep", succeeded: changed },
  { name: "truncate()", script: "$A truncate $OUT/keep", succeeded: changed },
  { name: "open read-only and truncate", script: "$A open-trunc $OUT/keep", succeeded: changed },
  { name: "remove a file", script: "rm -f $OUT/keep", succeeded: changed },
  { name: "rename over a file", script: "echo x > a; mv -f a $OUT/keep", succeeded: changed },
  { name: "remove a file by a call that a tracer puts in", script: "$A put-in-remove $OUT/keep", succeeded: changed },
  { name: "take a file in", script: "mv $OUT/keep taken", succeeded: changed },
  { name: "exchange two files", script: "echo x > a; $A exchange a $OUT/keep", succeeded: changed },
  { name: "link a file out", script: "echo x > a; ln a $OUT/new", succeeded: made },
  { name: "link a file in and write to it", script: "ln $OUT/keep h; echo x >> h", succeeded: changed },
  { name: "write through a symlink", script: "ln -s $OUT/keep s; echo x >> s", succeeded: changed },
  { name: "make a symlink outside", script: "ln -s /tmp $OUT/new", succeeded: made },
  { name: "make a directory", script: "mkdir $OUT/new", succeeded: made },
  { name: "make a FIFO", script: "mkfifo $OUT/new", succeeded: made },
  { name: "make a socket file", script: "$A socket-file $OUT/new", succeeded: made },
  { name: "remove a directory", script: "rmdir $OUT/empty", succeeded: (w) => !existsSync(join(w.outside, "empty")) },
  { name: "through /proc/self/root", script: "echo x >> /proc/self/root$OUT/keep", succeeded: changed },
  { name: "through /proc/self/cwd", script: "echo x >> /proc/self/cwd/../outside/keep", succeeded: changed },
  {
    name: "through another process's root",
    victim: true,
    script: "echo x >> /proc/$VICTIM/root$OUT/keep",
    succeeded: changed,
  },
  {
    name: "through another process's directory",
    victim: true,
    script: "cd /proc/$VICTIM/cwd && echo x >> .$OUT/keep",
    succeeded: changed,
  },
  { name: "by a file handle", script: "$A handle $OUT/keep", succeeded: changed },
  { name: "out of a chroot", script: "$A chroot $OUT/new", succeeded: made },
  { name: "a device node of the disk", script: "$A disk-node" },
  { name: "read the disk itself", script: "d=$(findmnt -no SOURCE /); head -c 512 $d >/dev/null && echo GOT THROUGH" },
  {
    name: "write to shared memory",
    script: "echo x > /dev/shm/$TOKEN",
    succeeded: (w) => existsSync(`/dev/shm/${w.token}`),
    undo: (w) => rmSync(`/dev/shm/${w.token}`, { force: true }),
  },
  {
    name: "set a kernel parameter",
    script: `echo ${sysctl.trim() === "1" ? 0 : 1} > ${SYSCTL}`,
    succeeded: () => readSysctl() !== sysctl,
    undo: () => writeFileSync(SYSCTL, sysctl),
  },
  {
    name: "make a control group",
    script: "for d in /sys/fs/cgroup /sys/fs/cgroup/pids; do mkdir $d/$TOKEN; done",
    succeeded: (w) => ["", "pids/"].some((part) => existsSync(`/sys/fs/cgroup/${part}${w.token}`)),
    undo: (w) => {
      for (const part of ["", "pids/"]) Bun.spawnSync(["rmdir", `/sys/fs/cgroup/${part}${w.token}`]);
    },
  },
];
