import { join } from "node:path";
import type { Attack } from "../attack.ts";
import { read, type World } from "../world.ts";

const NAMES = [".bash_profile", ".gitconfig", ".ssh", ".config"];
/** The workspace is the home directory, and nothing of all that exists. */
const policy = (world: World) => {
  const stand_ins = NAMES.map((name) => join(world.inside, name));
  return { protected: stand_ins, stand_ins };
};
const planted = (world: World) =>
  [...NAMES, ".ssh/rc", ".config/autostart"].some((name) => (read(world, `inside/${name}`) ?? "").includes("planted"));

const attempts: [name: string, script: string][] = [
  ["write a start-up file", "echo planted > .bash_profile"],
  ["append to it", "echo planted >> .bash_profile"],
  ["remove it first", "rm -f .bash_profile; echo planted > .bash_profile"],
  ["move it away first", "mv .bash_profile b; echo planted > .bash_profile"],
  ["move a file over it", "echo planted > b; mv -f b .bash_profile"],
  ["exchange it with a file", "echo planted > b; : > .bash_profile; $A exchange b .bash_profile"],
  ["link a file to its name", "echo planted > b; ln -f b .bash_profile"],
  ["change its mode first", "touch .bash_profile; chmod 666 .bash_profile; echo planted > .bash_profile"],
  ["change its time first", "touch .bash_profile .config; echo planted > .bash_profile"],
  ["write git's config", "git config --global core.pager planted"],
  ["fill a directory", "mkdir .ssh; echo planted > .ssh/rc"],
  ["move a directory away", "mv .config c; mkdir .config; echo planted > .config/autostart"],
  [
    "leave a file that looks like a stand-in on its way",
    "for i in 0 1 2; do echo planted > .moat-stand-in.$i.$i..bash_profile; done; echo planted > .bash_profile",
  ],
  ["move a directory over one", "mkdir c; echo planted > c/autostart; mv -T c .config"],
];

/** The home directory as a workspace: what runs at the next start of a shell or a tool does not come into being. */
export const homePlaces: Attack[] = attempts.map(([name, script]) => ({
  name,
  policy,
  script: `export HOME="$PWD"; ${script}`,
  succeeded: planted,
}));
