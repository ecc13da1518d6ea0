import { expect, test } from "bun:test";
import type { ApprovalRequest } from "../protocol/index.ts";
import { styleFor } from "../term/index.ts";
import { approvalLines } from "./approval-lines.ts";

test("what a yes opens is said: directories, single hosts, or the whole network", () => {
  const shown = (network: NonNullable<ApprovalRequest["opens"]>["network"]) =>
    approvalLines(
      {
        call_id: "c",
        effect: { kind: "command", argv: ["ls"], command: "ls", cwd: "/w", escalation: null },
        reason: "r",
        justification: null,
        sandbox: "workspace-write",
        opens: { write: ["/data"], network },
        denial: null,
        choices: [],
      },
      styleFor("never", false, {}),
    )
      .map(String)
      .at(-1);
  expect([shown(false), shown({ hosts: ["a.example", "b.example"] }), shown(true)]).toEqual([
    "  sandbox: workspace-write, and writing to /data",
    "  sandbox: workspace-write, and writing to /data, and a.example, b.example",
    "  sandbox: workspace-write, and writing to /data, and the network",
  ]);
});
