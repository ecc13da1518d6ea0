// Why a system gives moat less than namespaces and Landlock, and what its administrator can do about it.
import { readFileSync } from "node:fs";

/** What the system says about itself. null: the file is not there. */
export interface SystemFacts {
  /** NAME and VERSION_ID of os-release, for people. */
  distribution: string;
  kernel: string;
  /** Active security modules, from /sys/kernel/security/lsm. */
  lsm: string[] | null;
  /** kernel.unprivileged_userns_clone (Debian, Arch's hardened kernel): 0 forbids. */
  userns_clone: number | null;
  /** kernel.apparmor_restrict_unprivileged_userns (Ubuntu 23.10 and later): 1 forbids. */
  apparmor_restricts_userns: number | null;
  /** user.max_user_namespaces: 0 forbids. */
  max_user_namespaces: number | null;
  container: "docker" | "podman" | "kubernetes" | "lxc" | null;
  wsl: boolean;
  /** moat runs inside its own sandbox. */
  nested: boolean;
}

/** What is missing and how to get it; `fix` lines are commands or settings. */
export interface Remedy {
  problem: string;
  fix: string[];
}

/** Reads the facts. @param env of the process: containers announce themselves there */
export function readSystem(env: Record<string, string | undefined>): SystemFacts {
  const release = read("/etc/os-release") ?? "";
  const field = (name: string) => release.match(new RegExp(`^${name}="?([^"\\n]*)"?$`, "m"))?.[1] ?? "";
  const kernel = read("/proc/sys/kernel/osrelease") ?? "unknown";
  return {
    distribution: `${field("NAME")} ${field("VERSION_ID")}`.trim() || "unknown",
    kernel,
    lsm: read("/sys/kernel/security/lsm")?.split(",") ?? null,
    userns_clone: readNumber("/proc/sys/kernel/unprivileged_userns_clone"),
    apparmor_restricts_userns: readNumber("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
    max_user_namespaces: readNumber("/proc/sys/user/max_user_namespaces"),
    container: containerKind(env),
    wsl: /microsoft/i.test(kernel),
    nested: env.MOAT_SANDBOX !== undefined && env.MOAT_SANDBOX !== "none" && env.MOAT_SANDBOX !== "external",
  };
}

function containerKind(env: Record<string, string | undefined>): SystemFacts["container"] {
  if (env.KUBERNETES_SERVICE_HOST !== undefined) return "kubernetes";
  if (read("/.dockerenv") !== null) return "docker";
  if (read("/run/.containerenv") !== null || env.container === "podman") return "podman";
  return env.container === "lxc" ? "lxc" : null;
}

/** The remedies for what the tier lacks; none when it lacks nothing. */
export function remedies(tier: string, abi: number, system: SystemFacts): Remedy[] {
  const found: Remedy[] = [];
  if (tier === "landlock" || tier === "none") found.push(namespaces(system));
  if (tier === "ns-only" || tier === "none") found.push(landlock(system));
  // 6: scopes for signals and abstract sockets (landlock(7)); namespaces do the same work.
  if (tier === "landlock" && abi < 6) {
    found.push({
      problem: `Landlock is version ${abi} here: signals to other processes of the same user are not blocked before version 6`,
      fix: ["use a kernel of 6.12 or later, or allow user namespaces"],
    });
  }
  return found;
}

function namespaces(system: SystemFacts): Remedy {
  if (system.nested) {
    return {
      problem: "moat runs inside its own sandbox, which refuses namespaces",
      fix: ["run it outside of `moat sandbox`"],
    };
  }
  if (system.container !== null) return inContainer(system.container);
  if (system.apparmor_restricts_userns === 1) {
    return {
      problem: "AppArmor refuses user namespaces to ordinary programs (Ubuntu's default since 23.10)",
      fix: [
        "for moat alone, a file /etc/apparmor.d/moat:",
        "    abi <abi/4.0>,",
        "    include <tunables/global>",
        "    profile moat /path/to/moat flags=(unconfined) { userns, }",
        "  then: sudo apparmor_parser -r /etc/apparmor.d/moat",
        "or for all programs: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
      ],
    };
  }
  if (system.userns_clone === 0) {
    return {
      problem: "the kernel refuses user namespaces to ordinary users",
      fix: ["sudo sysctl -w kernel.unprivileged_userns_clone=1"],
    };
  }
  if (system.max_user_namespaces === 0) {
    return {
      problem: "the limit of user namespaces is 0",
      fix: ["sudo sysctl -w user.max_user_namespaces=15000"],
    };
  }
  return {
    problem: "user namespaces, or mounting inside them, are refused; a security module or a seccomp filter does that",
    fix: ["look for the refusal in the kernel's log: sudo dmesg | grep -iE 'apparmor|selinux|audit'"],
  };
}

function inContainer(container: NonNullable<SystemFacts["container"]>): Remedy {
  const problem = `the ${container} container's filter refuses user namespaces`;
  switch (container) {
    case "docker":
    case "podman":
      return {
        problem,
        fix: [
          `${container} run --security-opt seccomp=PROFILE.json, a copy of the default profile that allows clone, unshare, setns and mount`,
          "or, when the container is the sandbox that you rely on: --sandbox external",
        ],
      };
    case "kubernetes":
      return {
        problem,
        fix: [
          "a seccompProfile of type Localhost that allows clone, unshare, setns and mount",
          "or, when the pod is the sandbox that you rely on: --sandbox external",
        ],
      };
    case "lxc":
      return { problem, fix: ["security.nesting=true for this container"] };
  }
}

function landlock(system: SystemFacts): Remedy {
  const [major = 0, minor = 0] = system.kernel.split(".").map((part) => Number.parseInt(part, 10));
  if (major < 5 || (major === 5 && minor < 13)) {
    return { problem: `Linux ${system.kernel} is older than Landlock (5.13)`, fix: ["use a kernel of 5.13 or later"] };
  }
  if (system.wsl) {
    return { problem: "this WSL kernel has no Landlock", fix: ["wsl --update, then wsl --shutdown (from Windows)"] };
  }
  if (system.lsm !== null && !system.lsm.includes("landlock")) {
    return {
      problem: `Landlock is not among the active security modules (${system.lsm.join(",")})`,
      fix: [
        `boot with lsm=landlock,${system.lsm.join(",")} (GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub)`,
      ],
    };
  }
  return {
    problem: "Landlock's system calls are refused: a filter around moat blocks them, or the kernel (gVisor) lacks them",
    fix: [
      "allow landlock_create_ruleset, landlock_add_rule and landlock_restrict_self in the container's seccomp profile",
    ],
  };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

function readNumber(path: string): number | null {
  const text = read(path);
  return text === null || !/^\d+$/.test(text) ? null : Number(text);
}
