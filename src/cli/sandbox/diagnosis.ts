import type { SandboxReport } from "../../protocol/index.ts";
import type { Sandbox } from "../../sandbox/index.ts";
import type { Attack } from "./attacks.ts";
import type { Remedy } from "./remedy.ts";

/**
 * What became of an attack. `open`: it succeeded, and the report says that nothing forbids it. `untried`: it does not succeed
 * without the sandbox either (a tool is missing), so nothing is proved.
 */
export type AttackVerdict = "held" | "BROKEN" | "open" | "untried";

export interface AttackFinding {
  attack: string;
  protection: Attack["protection"];
  verdict: AttackVerdict;
}

/** All that the doctor found; printed, or as JSON. */
export interface Diagnosis {
  tier: Sandbox["tier"];
  report: SandboxReport | null;
  system: string;
  kernel: string;
  /** Why there is no sandbox, when there is none. */
  problem: string | null;
  /** Which step of making namespaces failed, and how. */
  namespaces: string | null;
  findings: AttackFinding[];
  remedies: Remedy[];
}

const WORDS: Record<AttackVerdict, string> = {
  held: "held",
  BROKEN: "BROKEN",
  open: "not prevented here",
  untried: "could not be tried (it does not work without the sandbox either)",
};

const TIERS: Record<Sandbox["tier"], string> = {
  ns: "namespaces, Landlock and a system call filter",
  landlock: "Landlock and a system call filter, without namespaces",
  "ns-only": "namespaces and a system call filter, without Landlock",
  seatbelt: "Seatbelt",
  external: "none of moat's own: the container around it",
  none: "none",
};

/** The diagnosis as a person reads it. */
export function describe({ tier, report, namespaces, findings, problem, ...rest }: Diagnosis): string {
  const width = Math.max(0, ...findings.map(({ attack }) => attack.length));
  const lines = [
    `sandbox: ${tier} (${TIERS[tier]})`,
    `system:  ${rest.system}, Linux ${rest.kernel}${report ? `, Landlock version ${report.abi}` : ""}`,
    ...(problem === null ? [] : [`problem: ${problem}`]),
    ...(namespaces === null ? [] : [`no namespaces: ${namespaces}`]),
    ...(findings.length === 0 ? [] : ["", "Attacks on this sandbox:"]),
    ...findings.map(({ attack, verdict }) => `  ${attack.padEnd(width)}  ${WORDS[verdict]}`),
    ...(report && !report.loopback ? ["", "Commands cannot talk to themselves over 127.0.0.1 in this tier."] : []),
    ...rest.remedies.flatMap(({ problem: what, fix }) => ["", `Missing: ${what}.`, ...fix.map((line) => `  ${line}`)]),
    "",
    verdictLine(findings, problem),
  ];
  return `${lines.join("\n")}\n`;
}

function verdictLine(findings: AttackFinding[], problem: string | null): string {
  const count = (wanted: AttackVerdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  if (problem !== null) return "There is no sandbox: commands run only with --sandbox external or danger-full-access.";
  if (count("BROKEN") > 0) return `${count("BROKEN")} protection(s) that are claimed did not hold. Please report this.`;
  const open = count("open") > 0 ? `, ${count("open")} not prevented in this tier` : "";
  const untried = count("untried") > 0 ? `, ${count("untried")} could not be tried` : "";
  return `${count("held")} of ${findings.length} attacks held off${open}${untried}.`;
}
