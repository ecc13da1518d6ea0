import { lstatSync, mkdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Attack } from "../attack.ts";
import { type World, write } from "../world.ts";

/** Any change of metadata changes the time of the last change, which no call can set. */
const changedAt = (path: string) => lstatSync(path, { bigint: true }).ctimeNs;
const before = new WeakMap<World, Map<string, bigint>>();

/** The clock of a file system stands still for a while (jiffies), in ms: a change after it shows. */
const CLOCK_TICK_MS = 11;

/** Remembers how `names` of the world look now. */
function watch(world: World, ...names: string[]): void {
  Bun.sleepSync(CLOCK_TICK_MS);
  const paths = names.map((name) => join(world.root, name));
  before.set(world, new Map(paths.map((path) => [path, changedAt(path)])));
}

const changed = (world: World) => [...(before.get(world) ?? [])].some(([path, time]) => changedAt(path) !== time);

/** A file outside, with an attribute to take away. */
const prepare = (world: World) => {
  Bun.spawnSync([world.env.A ?? "", "setxattr", join(world.outside, "keep"), "y"]);
  watch(world, "outside/keep");
};

const calls = [
  ...["chmod", "fchmod", "fchmodat", "fchmodat2", "fchmodat2-empty", "fchmodat-magic"],
  ...["chown", "lchown", "fchown", "fchownat", "fchownat-empty"],
  ...["utime", "utimes", "futimesat", "utimensat", "utimensat-descriptor", "utimensat-empty", "utimensat-now"],
  ...["setxattr", "lsetxattr", "fsetxattr", "setxattr-magic", "setxattrat"],
  ...["removexattr", "lremovexattr", "fremovexattr", "removexattrat"],
  ...["ioctl-flags", "ioctl-attributes", "ioctl-version", "file-setattr"],
  ...["in-thread", "in-vfork", "undumpable", "race-string", "race-link", "race-descriptor", "race-directory"],
];

/** Ways to the file; each ends with the name for it. */
const ways: [name: string, script: string][] = [
  ["a relative path", "$A chmod ../outside/keep"],
  ["the working directory", "cd $OUT && $A fchmodat keep"],
  ["a symlink in the workspace", "ln -s $OUT/keep s && $A fchmodat s"],
  ["a relative symlink", "ln -s ../outside/keep s && $A utimensat s"],
  ["a symlink to the directory", "ln -s $OUT d && $A fchownat d/keep"],
  ["a symlink to the root directory", "ln -s / r && $A fchmodat r$OUT/keep"],
  ["/proc/self/root", "$A fchmodat /proc/self/root$OUT/keep"],
  ["/proc/self/cwd", "$A fchmodat /proc/self/cwd/../outside/keep"],
  ["/proc/PID/cwd", "$A fchmodat /proc/$$/cwd/../outside/keep"],
  ["/proc/self/fd", "exec 5<$OUT/keep; $A fchmodat /proc/self/fd/5"],
  ["a directory in /proc/self/fd", "exec 5<$OUT; $A fchmodat /proc/self/fd/5/keep"],
  ["/dev/fd", "exec 5<$OUT/keep; $A utimensat /dev/fd/5"],
  ["/dev/stdin", "$A fchmodat /dev/stdin <$OUT/keep"],
  ["a link to a magic link", "ln -s /proc/self/fd/5 s; exec 5<$OUT/keep; $A fchmodat s"],
  ["a link that it makes", "ln $OUT/keep h; $A fchmodat h"],
];

/** A device of the machine: its times only, because its mode is everybody's. */
const device = (path: string, script: string): Partial<Attack> => ({
  script,
  prepare: () => undefined,
  succeeded: () => statSync(path).mtime.getUTCFullYear() < 2010,
  undo: () => utimesSync(path, new Date(), new Date()),
});

const hooks = (world: World) => {
  mkdirSync(join(world.inside, ".git"));
  write(world, "inside/.git/config", "[core]\n");
  Bun.spawnSync(["chown", "-R", `${world.uid}`, join(world.inside, ".git")]);
  Bun.spawnSync([world.env.A ?? "", "setxattr", join(world.inside, ".git/config"), "y"]);
  watch(world, "inside/.git", "inside/.git/config");
};

/** Changing what Landlock does not see of files outside, of protected and of hidden ones. */
export const metadata: Attack[] = [
  ...calls.map((call): Attack => ({ name: call, script: `$A ${call} $OUT/keep` })),
  ...ways.map(([name, script]): Attack => ({ name: `through ${name}`, script })),
  ...["fchmodat", "utimensat", "fchownat", "fchmodat-magic", "fchmod"].flatMap((call): Attack[] => [
    { name: `${call}, a directory`, script: `$A ${call} $OUT/empty`, prepare: (w) => watch(w, "outside/empty") },
    { name: `${call}, the parent`, script: `$A ${call} ..`, prepare: (w) => watch(w, ".") },
    {
      name: `${call}, a protected place`,
      script: `$A ${call} .git; $A ${call} .git/config; cd .git && $A ${call} config`,
      prepare: hooks,
      policy: (w) => ({ protected: [join(w.inside, ".git")] }),
    },
    {
      name: `${call}, a hidden file`,
      script: `$A ${call} $OUT/secret; $A ${call} $OUT/secret/key; $A ${call} $OUT/secret-file; $A ${call} env`,
      prepare: (w) => {
        write(w, "inside/env", "");
        watch(w, "outside/secret", "outside/secret/key", "outside/secret-file", "inside/env");
      },
      policy: (w) => ({ hidden: ["outside/secret", "outside/secret-file", "inside/env"].map((n) => join(w.root, n)) }),
    },
  ]),
  { name: "change a mode", script: "chmod 777 $OUT/keep" },
  { name: "change times", script: "touch -d 2001-01-01 $OUT/keep" },
  { name: "change an owner", script: "chown 4242 $OUT/keep" },
  { name: "change modes of a tree", script: "chmod -R 777 $OUT" },
  { name: "a device, by its path", ...device("/dev/zero", "$A utimensat /dev/zero") },
  { name: "a device, as an inherited descriptor", ...device("/dev/null", "$A device-times 0") },
].map((attack) => ({ prepare, succeeded: changed, script: "", ...attack }));
