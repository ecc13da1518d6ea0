import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package manager that put this program where it is, with its own way to a newer one. */
export interface Owner {
  name: string;
  command: string;
}

/** Places that only a package manager writes, by what is in their path. */
const PLACES: [RegExp, Owner][] = [
  [/\/node_modules\//, { name: "npm", command: "npm install -g moat@latest" }],
  [/\/Cellar\/|\/homebrew\//, { name: "Homebrew", command: "brew upgrade moat" }],
  [/^\/nix\/store\//, { name: "Nix", command: "nix profile upgrade moat" }],
  [/[\\/]scoop[\\/]apps[\\/]/i, { name: "Scoop", command: "scoop update moat" }],
  [/[\\/]WinGet[\\/]Packages[\\/]/i, { name: "winget", command: "winget upgrade moat" }],
];

/** The package manager that owns a file; null when nobody says that it does. `program`: absolute, without links. `root`: of the databases. */
export function ownerOf(program: string, root = "/"): Owner | null {
  const place = PLACES.find(([pattern]) => pattern.test(program));
  if (place) return place[1];
  if (isListed(join(root, "var/lib/dpkg/info"), /^moat(:\w+)?\.list$/, "", program))
    return {
      name: "Debian's package manager",
      command: "apt-get install --only-upgrade moat, or dpkg -i a newer moat.deb",
    };
  if (isListed(join(root, "var/lib/pacman/local"), /^moat(-bin)?-\d/, "files", program.slice(1)))
    return { name: "pacman", command: "pacman -Syu moat-bin, or your AUR helper" };
  return null;
}

/** A package's list of files names the program. `file`: the list below the package's entry; empty: the entry is the list. */
function isListed(directory: string, names: RegExp, file: string, program: string): boolean {
  if (!existsSync(directory)) return false;
  const lists = readdirSync(directory).filter((name) => names.test(name));
  return lists.some((name) => {
    const list = join(directory, name, file);
    return existsSync(list) && readFileSync(list, "utf8").split("\n").includes(program);
  });
}
