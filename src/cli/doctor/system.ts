import { accessSync, constants, existsSync, realpathSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpointUsage } from "../../checkpoint/index.ts";
import { threadReach, usualReach } from "../../open/door/looking.ts";
import type { Loaded } from "../../open/index.ts";
import { storeSize } from "../../session/stored/quota.ts";
import type { Host } from "../contract.ts";
import { findRepository } from "../patch/repository.ts";
import { sizeText } from "../threads/size-text.ts";
import { checksOf, type DoctorCheck } from "./check.ts";

/** Version, place, and whether a shell would find this very program. */
export function installChecks(host: Host, executable: string): DoctorCheck[] {
  const { ok, note } = checksOf("install");
  const found = Bun.which("moat", { PATH: host.env.PATH ?? "" });
  const same = found !== null && realpathSync(found) === realpathSync(executable);
  return [
    ok("version", `moat ${host.version} (${host.commit}), ${process.platform} ${process.arch}, Bun ${Bun.version}`),
    ok("program", executable),
    ...(same ? [ok("PATH", "`moat` in a shell is this program")] : []),
    ...(found === null ? [note("PATH", "no `moat` is on the PATH", `ln -s ${executable} ~/.local/bin/moat`)] : []),
    ...(found !== null && !same
      ? [note("PATH", `\`moat\` in a shell is another program: ${found}`, "put this one first on the PATH")]
      : []),
  ];
}

/** git, and the shell that commands run in. */
export async function projectChecks(host: Host, loaded: Loaded | null): Promise<DoctorCheck[]> {
  const { ok, note, problem } = checksOf("project");
  const { findProgram } = await import("../../sandbox/programs.ts");
  const reach = loaded === null ? await usualReach(host) : await threadReach(loaded.config, host, { cwd: host.cwd });
  const repository = findRepository(host.cwd);
  const git = findProgram("git", host.env.PATH ?? "", host.cwd, reach);
  return [
    ok("directory", host.cwd),
    git.ok
      ? ok("git", git.path)
      : note("git", git.message, "install git where commands cannot write: changes can be seen and undone with it"),
    repository === null
      ? note(
          "repository",
          "this directory is not inside a git repository",
          "git init: nothing but `moat undo` could take changes back here",
        )
      : ok("repository", repository),
    existsSync("/bin/bash")
      ? ok("shell", "/bin/bash")
      : problem("shell", "/bin/bash is missing", "install bash: commands run in it"),
  ];
}

/** What this terminal can show. */
export function terminalChecks(host: Host, columns: number | undefined): DoctorCheck[] {
  const { ok, note } = checksOf("terminal");
  const { TERM, NO_COLOR, COLORTERM } = host.env;
  const streams = { "standard input": host.stdin_is_tty, "standard output": host.stdout_is_tty };
  const piped = Object.entries(streams).flatMap(([name, tty]) => (tty ? [] : [name]));
  if (piped.length > 0) return [ok("terminal", `${piped.join(" and ")}: no terminal, so output is plain`)];
  return [
    ok(
      "terminal",
      `${TERM ?? "TERM is not set"}${columns ? `, ${columns} columns` : ""}${COLORTERM ? `, ${COLORTERM}` : ""}`,
    ),
    ...(TERM === undefined || TERM === "dumb"
      ? [note("editing", "lines are typed as they are, without history and Tab", "set TERM to your terminal's name")]
      : []),
    ...(NO_COLOR ? [ok("colour", "off: NO_COLOR is set")] : []),
  ];
}

/** Bytes that should be free, so that a thread can be kept and a command can build something: 256 MiB. */
const FREE_BYTES = 256 * 1024 ** 2;

/** What threads take, and whether more can be written. */
export async function diskChecks(host: Host): Promise<DoctorCheck[]> {
  const { ok, problem, note } = checksOf("disk");
  const existing = nearestExisting(host.moat_home);
  const { threads, bytes: kept, quota } = storeSize(host.moat_home);
  const { checkpointUsage } = await loadCheckpointUsage();
  const pre_images = checkpointUsage(host.moat_home).bytes;
  const bytes = kept + pre_images;
  const taken = `${threads} threads take ${sizeText(kept)}, what undo needs ${sizeText(pre_images)}, of ${sizeText(quota)}`;
  const { homeLayers, layersText } = await import("../sandbox/home/layers-text.ts");
  const layers = layersText(homeLayers(host.home));
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  return [
    isWritable(existing)
      ? ok("home", `${host.moat_home}${existing === host.moat_home ? "" : " (made when it is needed)"}`)
      : problem(
          "home",
          `${existing} cannot be written, so no thread can be kept`,
          "correct its owner, or set MOAT_HOME to another directory",
        ),
    // What cannot be looked at has no mode: the line above says so.
    ...(existing === host.moat_home && othersMayRead(existing)
      ? [note("privacy", `others may read ${host.moat_home}`, `chmod 700 ${host.moat_home}`)]
      : []),
    bytes > quota ? note("threads", taken, "`moat threads gc` removes the oldest") : ok("threads", taken),
    ...(layers === null ? [] : [ok("layers", layers)]),
    free < FREE_BYTES
      ? problem(
          "free",
          `only ${sizeText(free)} are free where ${existing} lies`,
          "make room, or set MOAT_HOME to another disk",
        )
      : ok("free", `${sizeText(free)} are free`),
  ];
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(join(path, ".."));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function othersMayRead(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o077) !== 0;
}
