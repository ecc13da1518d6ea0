import { chmodSync, existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Attack } from "../attack.ts";
import { read, SECRET, type World, write } from "../world.ts";

const OTHERS = ".cache/moat/homes/other/upper";
const OWN = ".cache/moat/homes/own";

/** A home directory as people have it, and layers over it: the one of this workspace and that of another. */
function furnish(world: World): void {
  write(world, ".bashrc", "alias ll=ls\n");
  write(world, ".config/tool/settings", "a = 1\n");
  write(world, "bin/tool", "#!/bin/sh\n");
  write(world, ".netrc", SECRET);
  write(world, ".ssh/id", SECRET);
  write(world, `${OTHERS}/token`, SECRET);
  write(world, `${OWN}/upper/.kept`, "");
  write(world, `${OWN}/work/.kept`, "");
  chmodSync(join(world.root, OWN), 0o700);
}

const policy = (world: World) => ({
  hidden: [".netrc", ".ssh", ".config/gh", ".aws/credentials", ".cache/moat/homes"].map((name) =>
    join(world.root, name),
  ),
});

/**
 * All of the home directory but the workspace and moat's own, as text. Without the number of links: what is recorded for undo is kept by one,
 * also when the call is refused.
 */
function picture(directory: string): string {
  return readdirSync(directory)
    .sort()
    .filter((name) => name !== "inside" && name !== ".cache")
    .map((name) => {
      const path = join(directory, name);
      const { mode, size, mtimeNs } = lstatSync(path, { bigint: true });
      const what = (mode & 0o170000n) === 0o120000n ? readlinkSync(path) : `${size} ${mtimeNs}`;
      return `${path} ${mode} ${what}\n${(mode & 0o170000n) === 0o40000n ? picture(path) : ""}`;
    })
    .join("");
}

const before = new Map<string, string>();
const changed = ({ root }: World) => picture(root) !== before.get(root);
const leaked = (world: World, output: string) =>
  output.includes(SECRET) || (read(world, "inside/copy") ?? "").includes(SECRET);

const changes: [name: string, script: string][] = [
  ["append to a start-up file", "echo planted >> ~/.bashrc"],
  ["replace one", "echo planted > new; mv new ~/.bashrc"],
  ["write git's settings", "git config --global core.pager planted"],
  ["remove a directory", "rm -rf ~/.config"],
  ["move a directory away", "mv ~/.config ~/elsewhere"],
  ["move a directory into the workspace", "mv ~/bin ."],
  ["replace a program", "printf '#!/bin/sh\\necho planted\\n' > ~/bin/tool; chmod 755 ~/bin/tool"],
  ["take a mode away", "chmod 000 ~/.bashrc ~/bin"],
  ["change a time", "touch -d 2001-01-01 ~/.bashrc"],
  ["link one in and write to it", "ln ~/.bashrc link; echo planted >> link"],
  ["link one beside it and write to it", "ln ~/.bashrc ~/link; echo planted >> ~/link"],
  ["cut a file", "$A truncate ~/.bashrc"],
  ["exchange two", "echo planted > ~/new; $A exchange ~/new ~/.bashrc"],
  ["write through a link", "ln -s ~/.bashrc ~/link; echo planted >> ~/link"],
  ["write through /proc/self/root", "echo planted >> /proc/self/root$HOME/.bashrc"],
];

/** Where the layer is kept, and what others left in theirs. */
const reaches: Attack[] = [
  { name: "read another workspace's layer", script: `cat ~/${OTHERS}/token` },
  { name: "read it through /proc/self/root", script: `cat /proc/self/root$HOME/${OTHERS}/token` },
  { name: "read it through a link", script: `ln -s ~/${OTHERS} l; cat l/token` },
  { name: "move it to where it can be read", script: `mv ~/.cache/moat ~/m; cat ~/m/homes/other/upper/token` },
  {
    name: "read it once the directories above are replaced",
    script: `mv ~/.cache ~/c; cat ~/c/moat/homes/other/upper/token`,
  },
  { name: "change its mode first", script: `chmod -R 777 ~/.cache; cat ~/${OTHERS}/token` },
  ...["upper", "work", "lock", "."].map((name) => ({
    name: `write into the own one by its path: ${name}`,
    script: `echo x > ~/${OWN}/${name}/planted; echo x > ~/${OWN}/${name}.planted`,
    succeeded: ({ root }: World) =>
      existsSync(join(root, OWN, name, "planted")) || existsSync(join(root, OWN, `${name}.planted`)),
  })),
];

/** What a command does to the layer so that credentials of the home directory show through it. */
const lay = (script: string, path: string) =>
  `${script}; for i in $(seq 20); do cat ~/${path} 2>/dev/null; sleep 0.03; done`;
const later = (path: string) => async (world: World) => {
  await Bun.sleep(150);
  write(world, path, SECRET);
};
/** Without a layer, and without Landlock. */
const NOT_THERE_YET = "a mount covers what is there; the report says hidden_absent:false";
const credentials: Attack[] = [
  { name: "read one", script: "cat ~/.netrc ~/.ssh/id" },
  { name: "read one that is moved with what holds it", script: "mv ~/.ssh ~/s; cat ~/s/id; mv ~/.netrc ~/n; cat ~/n" },
  { name: "lie a link over it", script: "ln -sfn / ~/l; cat ~/l/$HOME/.netrc" },
  { name: "link it", script: "ln ~/.netrc ~/copy; cat ~/copy; ln ~/.netrc copy" },
  {
    name: "read one that comes into being",
    script: lay(":", ".config/gh/hosts"),
    meanwhile: later(".config/gh/hosts"),
    ns_only_open: NOT_THERE_YET,
  },
  {
    name: "read one that comes into being after its name was used",
    script: lay("touch ~/.aws; rm ~/.aws; mkdir -p ~/.config/gh; rmdir ~/.config/gh", ".aws/credentials"),
    meanwhile: later(".aws/credentials"),
    ns_only_open: NOT_THERE_YET,
  },
  {
    name: "read one that comes into being, the directory above removed and made again",
    script: lay("rm -rf ~/.config; mkdir ~/.config; rmdir ~/.config", ".config/gh/hosts"),
    meanwhile: later(".config/gh/hosts"),
    ns_only_open: NOT_THERE_YET,
  },
];

/** A home directory that commands write in a layer of their own: what of it comes out, and what of it could come in. */
export const layer: Attack[] = [
  ...changes.map(([name, script]) => ({ name: `change the home: ${name}`, script, succeeded: changed })),
  ...reaches.map((attack) => ({ succeeded: leaked, ...attack })),
  ...credentials.map((attack) => ({ succeeded: leaked, ...attack })),
].map((attack) => ({
  policy,
  ...attack,
  prepare(world: World) {
    furnish(world);
    before.set(world.root, picture(world.root));
  },
}));
