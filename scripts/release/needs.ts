import { run } from "../build/binary.ts";
import type { Target } from "./targets.ts";

/** The newest glibc that a program may ask for: RHEL 7 and everything younger has it. */
const NEWEST_GLIBC = [2, 17];

/** Libraries that every glibc system has. */
const OF_GLIBC = /^(lib(c|m|dl|pthread|rt)\.so\.\d|ld-linux-.*)/;

/** Throws when a Linux program needs more of a machine than the README promises. Reads the file; runs nothing of it. */
export function checkNeeds({ name, libc }: Target, program: string): void {
  if (libc !== "glibc") return;
  const said = run(["readelf", "-dVW", program], `readelf of ${name}`);
  const foreign = [...said.matchAll(/\(NEEDED\).*\[(.+)\]/g)]
    .map(([, library = ""]) => library)
    .filter((library) => !OF_GLIBC.test(library));
  if (foreign.length > 0)
    throw new Error(`${name} needs ${foreign.join(", ")}: nothing but the C library may be needed`);
  const newer = [...said.matchAll(/\bGLIBC_(\d+)\.(\d+)/g)].filter(
    ([, major, minor]) => Number(major) > (NEWEST_GLIBC[0] ?? 0) || Number(minor) > (NEWEST_GLIBC[1] ?? 0),
  );
  if (newer.length > 0) throw new Error(`${name} needs ${newer.map(([version]) => version).join(", ")}`);
}
