import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasAddress, releases } from "../build/address.ts";
import { root, run, sha256 } from "../build/binary.ts";
import { type Entry, gzip, tar, zip } from "./archive.ts";
import { archiveName, programName, type Target } from "./targets.ts";

/** What lies beside the program in every archive, as this machine's program prints it. `program`: absolute. */
export function companions(program: string, third_party: string): Entry[] {
  const printed = (...args: string[]) => Buffer.from(run([program, ...args], `moat ${args.join(" ")}`));
  const file = (path: string, bytes: Uint8Array): Entry => ({ path, bytes, mode: 0o644 });
  return [
    file("LICENSE", readFileSync(join(root, "LICENSE"))),
    file("THIRD_PARTY.txt", Buffer.from(third_party)),
    file("moat.1", printed("man")),
    file("completions/moat.bash", printed("completion", "bash")),
    file("completions/_moat", printed("completion", "zsh")),
    file("completions/moat.fish", printed("completion", "fish")),
    file("completions/moat.ps1", printed("completion", "powershell")),
  ];
}

/** The archive of one target, the program first. */
export function archive(target: Target, program: Uint8Array, beside: Entry[], seconds: number): Buffer {
  const entries = [{ path: programName(target), bytes: program, mode: 0o755 }, ...beside];
  return archiveName(target).endsWith(".zip") ? zip(entries) : gzip(tar(entries, seconds));
}

/** Puts the installers into the release, with the address that they download from. */
export function writeInstallers(outdir: string): void {
  for (const name of ["install.sh", "install.ps1"]) {
    const text = readFileSync(join(root, "scripts", name), "utf8");
    writeFileSync(join(outdir, name), hasAddress() ? text.replaceAll("@RELEASES@", releases()) : text);
  }
  chmodSync(join(outdir, "install.sh"), 0o755);
}

/** Text of SHA256SUMS for these files of a directory, as `sha256sum -c` reads it. */
export function checksums(directory: string, names: string[]): string {
  return [...names]
    .sort()
    .map((name) => `${sha256(readFileSync(join(directory, name)))}  ${name}\n`)
    .join("");
}
