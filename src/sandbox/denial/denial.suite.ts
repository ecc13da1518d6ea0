// A sandbox that holds whole, as the tests of refusals have it.
import type { SandboxReport } from "../../protocol/index.ts";
import type { SandboxPolicy } from "../contract.ts";

export const POLICY: SandboxPolicy = {
  mode: "workspace-write",
  writable: ["/w", "/tmp"],
  protected: ["/w/.git"],
  hidden: [],
  net: "none",
  stand_ins: [],
  own: [],
  unix: "masked",
  require: [],
};

export const REPORT: SandboxReport = {
  tier: "ns",
  abi: 7,
  fs: "workspace-write",
  carve: true,
  carve_absent: true,
  hidden: true,
  hidden_absent: true,
  metadata: true,
  net: "none",
  unix: "masked",
  loopback: true,
  ipc: true,
  tree_kill: true,
};
