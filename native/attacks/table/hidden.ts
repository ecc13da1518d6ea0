import { join } from "node:path";
import type { Attack } from "../attack.ts";
import { read, SECRET, type World, write } from "../world.ts";

const hide = (world: World) => ({ hidden: [join(world.outside, "secret"), join(world.outside, "secret-file")] });
/** The content came out, on the output or in a file of the workspace. */
const leaked = (world: World, output: string) =>
  output.includes(SECRET) || (read(world, "inside/copy") ?? "").includes(SECRET);

/** Reading what is hidden. */
export const hidden: Attack[] = [
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
