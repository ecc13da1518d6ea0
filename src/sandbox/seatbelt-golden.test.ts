// Whole profiles for macOS, as text. `bun run goldens` writes them anew.
import { test } from "bun:test";
import { join } from "node:path";
import { expectGolden } from "../testkit/golden.suite.ts";
import type { SandboxPolicy } from "./contract.ts";
import { seatbeltProfile, seatbeltSandbox } from "./seatbelt.ts";

const policy: SandboxPolicy = {
  mode: "workspace-write",
  writable: ["/Users/u/work", "/tmp", "/Users/u/work/.git/modules/x"],
  protected: ["/Users/u/work/.git", "/Users/u/work/a/b/.moat", "/etc/x", "/outside"],
  own: [],
  stand_ins: [],
  hidden: ["/Users/u/.ssh", "/var/key"],
  net: "none",
  unix: "masked",
  require: [],
};
const readOnly: Partial<SandboxPolicy> = { mode: "read-only", writable: [], protected: [] };
const CASES: [string, Partial<SandboxPolicy>][] = [
  ["a workspace", {}],
  ["a workspace that is the whole disk", { writable: ["/"], protected: ["/Users/u/.ssh"], hidden: [] }],
  ["a workspace without sockets", { unix: "none" }],
  ["a workspace with all sockets", { unix: "allow" }],
  ["read-only", readOnly],
  ["the network", { net: "full" }],
  ["the network, read-only", { ...readOnly, net: "full" }],
  ["the network without sockets", { net: "full", unix: "none" }],
  ["the network with all sockets", { net: "full", unix: "allow" }],
  ["no confinement", { mode: "danger-full-access", net: "full", unix: "allow" }],
  ["another sandbox", { mode: "external", net: "full", unix: "allow" }],
  ["single hosts", { net: { hosts: ["a.example"] } }],
  ["a name that no profile can hold", { protected: ["/w/a\x7f"] }],
];

test("profiles and reports", async () => {
  const pages = CASES.map(async ([title, changes]) => {
    const all = { ...policy, ...changes };
    const result = seatbeltProfile(all);
    if (!result.ok) return `# ${title}\nrefused: ${result.message}\n`;
    const launch = seatbeltSandbox().launch(["true"], all, "/", {});
    const child = Bun.spawn(["/bin/sh", "-c", "printf ready >&3"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    const report = await launch.confirm(child.stdio[3] as unknown as number);
    return `# ${title}\n${result.profile}${JSON.stringify(report)}\n`;
  });
  await expectGolden(join(import.meta.dir, "fixtures", "seatbelt.txt"), (await Promise.all(pages)).join("\n"));
});
