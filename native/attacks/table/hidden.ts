import { renameSync } from "node:fs";
import { join } from "node:path";
import type { Attack } from "../attack.ts";
import { read, SECRET, type World, write } from "../world.ts";

const hide = (world: World) => ({ hidden: [join(world.outside, "secret"), join(world.outside, "secret-file")] });
/** The content came out, on the output or in a file of the workspace. */
const leaked = (world: World, output: string) =>
  output.includes(SECRET) || (read(world, "inside/copy") ?? "").includes(SECRET);

/** Nothing else is hidden there: a neighbour that exists would keep the rules away from the whole directory. */
const hideOnly = (name: string) => (world: World) => ({ hidden: [join(world.outside, name)] });
/** Reads it as soon as it is there; a program like that may run for hours. */
const readLater = (path: string) => `for i in $(seq 20); do cat $OUT/${path} 2>/dev/null; sleep 0.03; done`;
const later =
  (...make: ((world: World) => void)[]) =>
  async (world: World) => {
    await Bun.sleep(120);
    for (const one of make) one(world);
  };

/** Reading what was not there, or was something else, when the command started. */
const comesLater: Attack[] = [
  {
    name: "a file that comes into being",
    policy: hideOnly("later"),
    script: readLater("later"),
    meanwhile: later((w) => write(w, "outside/later", SECRET)),
  },
  {
    name: "a file in a directory that comes into being",
    policy: hideOnly("later"),
    script: readLater("later/key"),
    meanwhile: later((w) => write(w, "outside/later/key", SECRET)),
  },
  {
    name: "a file that comes into being with the directory above it",
    policy: hideOnly("new/key"),
    script: readLater("new/key"),
    meanwhile: later((w) => write(w, "outside/new/key", SECRET)),
  },
  {
    name: "a file that is replaced, as git does with its credentials",
    prepare: (w: World) => write(w, "outside/secret-file", "old"),
    policy: hideOnly("secret-file"),
    script: readLater("secret-file"),
    meanwhile: later(
      (w) => write(w, "outside/secret-file.lock", SECRET),
      (w) => renameSync(join(w.outside, "secret-file.lock"), join(w.outside, "secret-file")),
    ),
  },
].map((attack) => ({
  succeeded: leaked,
  ns_only_open: "a mount covers what is there; the report says hidden_absent:false",
  ...attack,
}));

/** Reading what is hidden. */
export const hidden: Attack[] = [
  ...comesLater,
  { name: "read a hidden file", script: "cat $OUT/secret-file" },
  { name: "read beneath a hidden directory", script: "cat $OUT/secret/key" },
  { name: "copy a hidden file", script: "cp $OUT/secret/key copy" },
  {
    name: "change its mode first",
    script: "chmod 777 $OUT/secret $OUT/secret/key $OUT/secret-file; cat $OUT/secret/key $OUT/secret-file",
  },
  { name: "link it into the workspace", script: "ln $OUT/secret/key copy; ln $OUT/secret-file f; cat copy f" },
  { name: "move it into the workspace", script: "mv $OUT/secret s; mv $OUT/secret-file f; cat s/key f" },
  { name: "through a symlink", script: "ln -s $OUT/secret s; cat s/key" },
  { name: "through /proc/self/root", script: "cat /proc/self/root$OUT/secret/key" },
  { name: "through another process's root", victim: true as const, script: "cat /proc/$VICTIM/root$OUT/secret/key" },
  {
    name: "remove the cover",
    script: "$A umount $OUT/secret; umount -l $OUT/secret; cat $OUT/secret/key",
  },
  { name: "run it", script: "sh $OUT/secret/key; . $OUT/secret-file; cat < $OUT/secret-file" },
  {
    name: "list a hidden directory",
    script: "ls $OUT/secret",
    succeeded: (_: World, output: string) => output.includes("key"),
    landlock_open: "a rule that lets directories be listed reaches everything beneath",
  },
  {
    name: "read what is hidden inside the workspace",
    prepare: (w: World) => write(w, "inside/env/key", SECRET),
    policy: (w: World) => ({ hidden: [join(w.inside, "env")] }),
    script: "cat env/key; mv env e; cat e/key",
    landlock_open: "rules only allow; the report says hidden:false",
  },
].map((attack) => ({ policy: hide, succeeded: leaked, ...attack }));
