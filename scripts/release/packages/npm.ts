import { chmodSync, cpSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { npmName, repository } from "../../build/address.ts";
import { root } from "../../build/binary.ts";
import { programName, type Target } from "../targets.ts";

/** What every package says of itself. */
const common = (version: string) => ({
  version,
  license: "Apache-2.0",
  repository: { type: "git", url: `git+${repository()}.git` },
  homepage: repository(),
});

const platform = ({ os }: Target) => (os === "windows" ? "win32" : os);

/** Name of the package that has one target's program. */
export const platformPackage = (target: Target) => `@${npmName()}/${target.name}`;

/**
 * Writes the npm packages of a release below `outdir`: one for each target with its program, and the wrapper that depends on all of
 * them as optional ones, so that npm installs the one that fits. No package has an install script. `program`: path of a target's program.
 */
export function writeNpm(
  outdir: string,
  targets: Target[],
  version: string,
  program: (target: Target) => string,
  third_party: string,
): void {
  rmSync(outdir, { recursive: true, force: true });
  for (const target of targets) writePlatform(join(outdir, target.name), target, version, program(target), third_party);
  const wrapper = join(outdir, "moat");
  const manifest = {
    name: npmName(),
    ...common(version),
    description: "A coding agent for the terminal in one file, behind a moat that the kernel enforces.",
    bin: { moat: "bin/moat.cjs" },
    files: ["bin"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(targets.map((target) => [platformPackage(target), version])),
  };
  mkdirSync(join(wrapper, "bin"), { recursive: true });
  writeJson(join(wrapper, "package.json"), manifest);
  cpSync(join(import.meta.dir, "npm-bin.cjs"), join(wrapper, "bin", "moat.cjs"));
  chmodSync(join(wrapper, "bin", "moat.cjs"), 0o755);
  for (const file of ["LICENSE", "README.md"]) cpSync(join(root, file), join(wrapper, file));
}

function writePlatform(directory: string, target: Target, version: string, program: string, third_party: string): void {
  mkdirSync(join(directory, "bin"), { recursive: true });
  writeJson(join(directory, "package.json"), {
    name: platformPackage(target),
    ...common(version),
    description: `moat for ${target.name}`,
    os: [platform(target)],
    cpu: [target.cpu],
    ...(target.libc === null ? {} : { libc: [target.libc] }),
    files: ["bin", "THIRD_PARTY.txt"],
    preferUnplugged: true,
  });
  placeFile(program, join(directory, "bin", programName(target)));
  chmodSync(join(directory, "bin", programName(target)), 0o755);
  cpSync(join(root, "LICENSE"), join(directory, "LICENSE"));
  writeFileSync(join(directory, "THIRD_PARTY.txt"), third_party);
}

/** A hundred megabytes are not copied where a second name will do. */
function placeFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    writeFileSync(to, readFileSync(from));
  }
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
