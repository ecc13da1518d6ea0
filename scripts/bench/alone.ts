// A run of the bench in namespaces of its own: no network beside its loopback, an empty /tmp.
import { main as entry } from "./measure.ts";

/** Says to the run inside that it is one. */
const INSIDE = "MOAT_BENCH_ALONE";

export const isAlone = (): boolean => process.env[INSIDE] === "1";

/**
 * Runs this command line again where no agent reaches a network, or files that others left in /tmp; gives the exit code. null: only root
 * may, and this is not root; then it goes on as it is, and says so.
 */
export async function runAlone(): Promise<number | null> {
  if (process.getuid?.() !== 0 || !Bun.which("unshare") || !Bun.which("ip")) {
    console.error("  not root, or no unshare and ip: agents have the network of this machine");
    return null;
  }
  const set_up = 'ip link set lo up && mount -t tmpfs tmpfs /tmp && exec "$@"';
  const child = Bun.spawn(
    ["unshare", "-nm", "sh", "-c", set_up, "sh", process.execPath, entry, ...process.argv.slice(2)],
    {
      env: { ...process.env, [INSIDE]: "1" },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  return child.exited;
}
