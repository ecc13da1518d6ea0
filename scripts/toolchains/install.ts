// What a row needs is fetched with the ordinary clients: npm into a directory of its own, Debian's packages where that was asked for.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./contract.ts";

/** Kept between runs; outside of what a sandbox may write. */
const STORE = "/var/tmp/moat-toolchains";

/** The `node_modules` in which packages lie, by exact versions. Throws with npm's words when they are not to be had. */
export function npmPackages(packages: string[]): string {
  const id = new Bun.CryptoHasher("sha256").update(packages.join(" ")).digest("hex").slice(0, 16);
  const directory = join(STORE, id);
  if (existsSync(directory)) return join(directory, "node_modules");
  const fresh = `${directory}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, "package.json"), '{"private":true}');
  const words = ["npm", "install", "--no-audit", "--no-fund", "--prefix", fresh, ...packages];
  // In a directory of its own, as install scripts set up hooks in the repository that npm was started in.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: STORE };
  const done = Bun.spawnSync(["nice", ...words], { cwd: fresh, env, stdin: "ignore" });
  if (done.exitCode !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(done.stderr.toString().split("\n").slice(0, 3).join(" "));
  }
  // Another run may have been quicker.
  if (existsSync(directory)) rmSync(fresh, { recursive: true, force: true });
  else renameSync(fresh, directory);
  return join(directory, "node_modules");
}

const PLACES = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The row's programs that are not here. */
export function missingPrograms({ needs = [] }: Row): string[] {
  const path = `${process.env.PATH}:${PLACES}`;
  return needs.filter((name) => (name.startsWith("/") ? !existsSync(name) : Bun.which(name, { PATH: path }) === null));
}

/** Installs Debian's packages for what is missing; needs root. Whether apt-get was content does not matter: the programs are looked for again. */
export function installDebian(rows: Row[]): void {
  for (const row of rows.filter((one) => missingPrograms(one).length > 0)) {
    const words = ["apt-get", "install", "-y", "-q", "--no-install-recommends", ...(row.debian ?? [])];
    Bun.spawnSync(["nice", ...words], { stdin: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  }
}
