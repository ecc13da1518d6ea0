import { describe, expect, test } from "bun:test";
import { readSystem, remedies, type SystemFacts } from "./remedy.ts";

const plain: SystemFacts = {
  distribution: "Debian GNU/Linux 12",
  kernel: "6.12.0",
  lsm: ["capability", "landlock", "yama"],
  userns_clone: null,
  apparmor_restricts_userns: null,
  max_user_namespaces: 15000,
  container: null,
  wsl: false,
  nested: false,
};

function fixes(tier: string, system: Partial<SystemFacts>, abi = 7): string {
  return remedies(tier, abi, { ...plain, ...system })
    .flatMap(({ problem, fix }) => [problem, ...fix])
    .join("\n");
}

describe("remedies", () => {
  test("none where nothing is missing", () => {
    expect(remedies("ns", 7, plain)).toEqual([]);
  });

  const namespaces: [string, Partial<SystemFacts>, string][] = [
    ["Ubuntu", { apparmor_restricts_userns: 1 }, "apparmor_restrict_unprivileged_userns=0"],
    ["Debian, hardened", { userns_clone: 0 }, "unprivileged_userns_clone=1"],
    ["a limit", { max_user_namespaces: 0 }, "user.max_user_namespaces"],
    ["Docker", { container: "docker" }, "docker run --security-opt seccomp="],
    ["Kubernetes", { container: "kubernetes" }, "seccompProfile"],
    ["nested", { nested: true, container: "docker" }, "inside its own sandbox"],
    ["unknown", {}, "dmesg"],
  ];
  for (const [name, system, fix] of namespaces) {
    test(`namespaces: ${name}`, () => expect(fixes("landlock", system)).toContain(fix));
  }

  const landlock: [string, Partial<SystemFacts>, string][] = [
    ["an old kernel", { kernel: "5.4.0-1" }, "5.13 or later"],
    ["not active", { lsm: ["capability", "apparmor"] }, "lsm=landlock,capability,apparmor"],
    ["WSL", { wsl: true }, "wsl --update"],
    ["gVisor", { lsm: null }, "landlock_create_ruleset"],
  ];
  for (const [name, system, fix] of landlock) {
    test(`Landlock: ${name}`, () => expect(fixes("ns-only", system)).toContain(fix));
  }

  test("an old Landlock alone says what it cannot do", () => {
    expect(fixes("landlock", {}, 4)).toContain("version 4");
    expect(fixes("landlock", {}, 7)).not.toContain("version 7");
  });
});

test("the facts of this machine are read", () => {
  const system = readSystem({ KUBERNETES_SERVICE_HOST: "10.0.0.1" });
  expect(system.container).toBe("kubernetes");
  expect(system.kernel).toMatch(/^\d+\.\d+/);
});
