import type { SandboxReport } from "../protocol/index.ts";
import { type Sandbox, SandboxError, type SandboxPolicy } from "./contract.ts";
import { shellLaunch } from "./shell-launch.ts";

/** What moat itself enforces when the container around it is the sandbox: nothing, and the report says so. */
const REPORT: SandboxReport = {
  tier: "external",
  abi: 0,
  fs: "full",
  carve: false,
  hidden: false,
  net: "full",
  unix: "allow",
  loopback: true,
  ipc: false,
  tree_kill: false,
};

/**
 * The sandbox of `--sandbox external`: commands run as they are, because the user says that something around moat confines
 * them. A policy that asks for more than that is refused, as is one that requires a protection.
 */
export function externalSandbox(): Sandbox {
  return {
    tier: "external",
    launch(argv, policy, _cwd, env) {
      refuse(policy);
      return shellLaunch([], argv, env, REPORT);
    },
  };
}

function refuse(policy: SandboxPolicy): void {
  if (policy.mode !== "external" && policy.mode !== "danger-full-access") {
    throw new SandboxError(
      `the external sandbox cannot enforce ${policy.mode}: only the container around moat confines`,
    );
  }
  const [missing] = policy.require.filter((name) => name !== "loopback");
  if (missing !== undefined) {
    throw new SandboxError(`"${missing}" is required, and the external sandbox does not enforce it: drop --require`);
  }
}
