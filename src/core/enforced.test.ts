// What a thread can say of its sandbox before a command has run.
import { describe, expect, test } from "bun:test";
import { type Sandbox, SandboxError } from "../sandbox/index.ts";
import { stage } from "./harness.suite.ts";
import type { ThreadServices, ThreadSettings } from "./index.ts";

const box =
  (tier: Sandbox["tier"]): ThreadServices["openSandbox"] =>
  async () => ({
    tier,
    launch: () => {
      throw new Error("nothing is to be started");
    },
  });

async function enforced(tier: ThreadServices["openSandbox"], settings: Partial<ThreadSettings> = {}, plan = false) {
  using set = await stage([], { settings, services: { openSandbox: tier } });
  if (plan) set.thread.submit({ type: "settings", changes: { plan } });
  const { how: _, ...facts } = await set.thread.enforced();
  return facts;
}

describe("what is enforced", () => {
  test.each([
    ["ns", false],
    ["landlock", true],
    ["ns-only", true],
    ["seatbelt", false],
  ] as const)("%s", async (tier, weak) => {
    expect(await enforced(box(tier))).toEqual({ mode: "workspace-write", tier, weak, open: "workspace, no net" });
  });

  test("where nothing confines, nothing runs", async () => {
    const nothing = { mode: "workspace-write", tier: null, weak: true, open: "workspace, no net" } as const;
    expect(await enforced(box("none"))).toEqual(nothing);
    const broken = async () => Promise.reject(new SandboxError("no launcher"));
    expect(await enforced(broken)).toEqual(nothing);
  });

  test("off is off, and a container is the container's", async () => {
    const unused = () => Promise.reject(new Error("not to be opened"));
    expect(await enforced(unused, { sandbox_mode: "danger-full-access" })).toMatchObject({
      tier: "none",
      weak: true,
      open: "off",
    });
    expect(await enforced(unused, { sandbox_mode: "external" })).toMatchObject({ weak: false, open: "external" });
    expect(await enforced(box("ns"), { sandbox_mode: "external" }, true)).toMatchObject({
      tier: "ns",
      open: "read-only, no net",
    });
  });
});
