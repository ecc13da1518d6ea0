// Sources from npm and from Debian's source packages, once a machine.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "./list.ts";

/** Outside of what a sandbox may write. */
const STORE = "/var/tmp/moat-projects";

/** A list of sources of its own: the machine's stays as it is. */
const SOURCES =
  "Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n";

/** A directory with the sources of a project, as they were published. Throws when they are not to be had. */
export function fetchProject(project: Project): string {
  const directory = join(STORE, project.name.replaceAll(" ", "-"));
  if (existsSync(directory)) return directory;
  const fresh = `${directory}.${process.pid}`;
  mkdirSync(join(fresh, "source"), { recursive: true });
  try {
    const archive = "npm" in project.from ? fromNpm(project.from.npm, fresh) : fromDebian(project.from.debian, fresh);
    must(["tar", "xf", archive, "-C", join(fresh, "source"), "--strip-components", "1", "--no-same-owner"], fresh);
    renameSync(join(fresh, "source"), directory);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return directory;
}

function fromNpm(name: string, directory: string): string {
  must(["npm", "pack", "--silent", name], directory);
  return only(directory, /\.tgz$/);
}

function fromDebian(name: string, directory: string): string {
  const lists = join(STORE, "lists");
  mkdirSync(join(lists, "partial"), { recursive: true });
  const sources = join(STORE, "moat.sources");
  const first = !existsSync(sources);
  writeFileSync(sources, SOURCES);
  const settings = [`Dir::Etc::sourcelist=${sources}`, "Dir::Etc::sourceparts=-", `Dir::State::lists=${lists}`];
  const apt = ["apt-get", "-q", ...[...settings, "APT::Sandbox::User=root"].flatMap((one) => ["-o", one])];
  if (first) must([...apt, "update"], directory);
  // What Debian changed may be missing without harm: the authors' archive is what is wanted.
  Bun.spawnSync([...apt, "source", "--download-only", name], { cwd: directory, stdin: "ignore" });
  return only(directory, /\.orig\.tar\.\w+$/);
}

function only(directory: string, name: RegExp): string {
  const found = readdirSync(directory).find((one) => name.test(one));
  if (!found) throw new Error(`no archive like ${name} was found`);
  return join(directory, found);
}

function must(words: string[], cwd: string): void {
  const done = Bun.spawnSync(words, { cwd, stdin: "ignore" });
  if (done.exitCode !== 0) throw new Error(done.stderr.toString().trim().split("\n").slice(-2).join(" "));
}
