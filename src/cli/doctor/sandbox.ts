import { join } from "node:path";
import { chooseTier, probeMachine, SandboxError } from "../../sandbox/launch/probe.ts";
import type { Host } from "../contract.ts";
import { readSystem, remedies } from "../sandbox/remedy.ts";
import { checksOf, type DoctorCheck } from "./check.ts";

/** The sandbox in short; `moat sandbox doctor` attacks it. */
export async function sandboxChecks(host: Host): Promise<DoctorCheck[]> {
  const { ok, note, problem } = checksOf("sandbox");
  const cache_dir = join(host.home, ".cache", "moat", "bin");
  const facts = readSystem(host.env);
  try {
    // One probe says it all; opening the sandbox would make another.
    const probe = process.platform === "linux" ? await probeMachine(cache_dir) : null;
    const tier = probe === null ? await tierElsewhere(cache_dir) : chooseTier(probe);
    const kernel = probe === null ? "" : `, Landlock version ${probe.abi}, kernel ${facts.kernel}`;
    const missing = remedies(tier, probe?.abi ?? 0, facts).map(({ problem: what, fix }) =>
      note("missing", what, fix.join("; ")),
    );
    return [ok("tier", `${tier}${kernel}; \`moat sandbox doctor\` attacks it`), ...missing];
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const fixes = remedies("none", 0, facts).flatMap(({ fix }) => fix);
    return [problem("tier", error.message, fixes.join("; ") || "`moat sandbox doctor` tells more")];
  }
}

/** The tier of a system that is not Linux. */
async function tierElsewhere(cache_dir: string): Promise<string> {
  const { openSandbox } = await import("../../sandbox/index.ts");
  return (await openSandbox({ cache_dir })).tier;
}
