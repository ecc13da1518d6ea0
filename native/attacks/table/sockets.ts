import { linkSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../../src/sandbox/harness.suite.ts";
import type { Attack } from "../attack.ts";
import { read, type World, write } from "../world.ts";

/** What was sent may still be on its way when the sender has ended. */
const heard = (world: World) => until(() => (read(world, "heard") ?? "").includes(world.token), 200);
const directory = (name: string) => (world: World) => write(world, `${name}/file`, "");
const linked = (world: World) => {
  write(world, "outside/real/file", "");
  symlinkSync("real", join(world.outside, "link"));
};

const attacks: Omit<Attack, "succeeded">[] = [
  {
    name: "one of 700",
    prepare: directory("outside/many"),
    server: { at: "outside/many", name: (w) => join(w.outside, "many/s"), count: 700 },
    script: "$A unix-all 700 $OUT/many/s $TOKEN",
  },
  {
    name: "one of 1500, bound by relative names",
    prepare: directory("outside/many"),
    server: { at: "outside/many", name: "s", count: 1500 },
    script: "$A unix-all 1500 $OUT/many/s $TOKEN",
  },
  { name: "bound by a relative name", server: { at: "outside", name: "s" }, script: "$A unix $OUT/s $TOKEN" },
  {
    name: "bound by a relative name with directories in it",
    prepare: directory("outside/a/b"),
    server: { at: "outside/a", name: "../a/./b/s" },
    script: "$A unix $OUT/a/b/s $TOKEN",
  },
  {
    name: "bound by a relative name, in the workspace",
    server: { at: "inside", name: "s" },
    script: "$A unix s $TOKEN",
  },
  {
    name: "bound by a relative name, by a program that went elsewhere",
    server: { at: "outside", name: "s", leaves: true },
    script: "$A unix $OUT/s $TOKEN",
  },
  {
    name: "bound through a link, reached at its place",
    prepare: linked,
    server: { at: "", name: (w) => join(w.outside, "link/s") },
    script: "$A unix $OUT/real/s $TOKEN",
  },
  {
    name: "bound through a link, reached through it",
    prepare: linked,
    server: { at: "", name: (w) => join(w.outside, "link/s") },
    script: "$A unix $OUT/link/s $TOKEN",
  },
  {
    name: "bound through a link, reached through a link of the attacker's",
    prepare: linked,
    server: { at: "", name: (w) => join(w.outside, "link/s") },
    script: "ln -s $OUT/link l; ln -s l/s s; $A unix l/s $TOKEN; $A unix s $TOKEN",
  },
  {
    name: "bound where there was a link that leads elsewhere by now",
    prepare: linked,
    server: { at: "outside/link", name: "s" },
    script: "$A unix $OUT/real/s $TOKEN",
  },
  {
    name: "a name with a line end and blanks",
    server: { at: "outside", name: (w) => `${w.outside}/ a\nb ` },
    script: 'cd $OUT; for s in *b*; do $A unix "$s" $TOKEN; done',
  },
  {
    name: "a line end first",
    server: { at: "outside", name: "\nb" },
    script: 'cd $OUT; for s in *b*; do $A unix "$s" $TOKEN; done',
  },
  {
    name: "renamed when it was bound",
    server: {
      at: "outside",
      name: (w) => join(w.outside, "new"),
      afterwards: (w) => renameSync(join(w.outside, "new"), join(w.outside, "s")),
    },
    script: "$A unix $OUT/s $TOKEN",
  },
  {
    name: "by its second name",
    server: {
      at: "outside",
      name: (w) => join(w.outside, "one"),
      afterwards: (w) => linkSync(join(w.outside, "one"), join(w.outside, "secret/two")),
    },
    script: "$A unix $OUT/secret/two $TOKEN",
  },
  {
    name: "a datagram",
    server: { at: "outside", name: "s", type: "datagram" },
    script: "$A unix-datagram $OUT/s $TOKEN",
  },
  {
    name: "a datagram of a pair",
    server: { at: "outside", name: "s", type: "datagram" },
    script: "$A unix-pair $OUT/s $TOKEN",
  },
  {
    name: "a datagram of a pair, where no unix socket may be had",
    policy: () => ({ unix: "none" }),
    server: { at: "outside", name: "s", type: "datagram" },
    script: "$A unix-pair $OUT/s $TOKEN",
  },
  {
    name: "a sequence of packets",
    server: { at: "outside", name: "s", type: "packet" },
    script: "$A unix-packet $OUT/s $TOKEN",
  },
];

/** Unix sockets of programs outside, under `unix masked`. */
export const sockets: Attack[] = attacks.map((attack) => ({ succeeded: heard, ...attack }));
