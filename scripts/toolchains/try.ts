// Runs a row outside and inside, and compares: exit code, effect, and what was said of a refusal.
import { join } from "node:path";
import type { Outcome, Refusal, Row } from "./contract.ts";
import { npmPackages } from "./install.ts";
import { type Ended, makeWorld, type World } from "./world.ts";

interface Tried extends Ended {
  /** It ended with 0, and the effect is there. */
  well: boolean;
  said: Refusal | null;
}

/** How a row comes out on this machine. @param binary moat */
export function tryRow(row: Row, binary: string): Outcome {
  let packages: string | null;
  try {
    packages = row.npm ? npmPackages(row.npm) : null;
  } catch (error) {
    return { verdict: "not installed", why: error instanceof Error ? error.message : String(error) };
  }
  const outside = once(row, packages, null);
  if (!outside.well) return { verdict: "not applicable", why: `outside: ${last(outside)}` };
  const inside = once(row, packages, [binary, ...(row.flags ?? [])]);
  if (inside.well && row.refused) return { verdict: "wrong", why: "it was to be refused" };
  if (inside.well) return { verdict: "works", why: "" };
  const wanted = row.refused ?? row.without_layer;
  const said = inside.said ? `${inside.said.rule}, ${inside.said.grant ?? "no grant"}` : "not explained";
  if (wanted === undefined || !sameRefusal(inside.said, wanted))
    return { verdict: "wrong", why: `${said}: ${last(inside)}` };
  if (!row.remedy) return { verdict: "refused", why: said };
  const { flags = [], run = row.run } = row.remedy;
  const remedied = once({ ...row, run }, packages, [binary, ...(row.flags ?? []), ...flags]);
  if (!remedied.well) return { verdict: "wrong", why: `${said}; the remedy does not help: ${last(remedied)}` };
  return { verdict: "refused", why: said };
}

/** @param moat the program and its flags; null: outside */
function once(row: Row, packages: string | null, moat: string[] | null): Tried {
  const bins = packages ? [join(packages, ".bin")] : [];
  using world = makeWorld(row, bins, row.modules ? packages : null);
  const shell = (line: string) => ["sh", "-c", line];
  if (row.before) {
    const prepared = world.run(shell(`set -e\n${row.before}`));
    if (prepared.exit_code !== 0) return { ...prepared, well: false, said: null };
  }
  const confined = moat && [moat[0] ?? "", "sandbox", "--workspace-write", ...placed(moat.slice(1), world), "--"];
  const ended = world.run([...(confined ?? []), ...shell(row.run)], { alone: confined === null });
  const well = ended.exit_code === 0 && (!row.holds || world.run(shell(row.holds)).exit_code === 0);
  return { ...ended, well, said: confined && explanation(ended.output, world) };
}

/** `~` and `.` in flags are the world's. */
function placed(flags: string[], world: World): string[] {
  return flags.map((flag) => flag.replace(/^~/, world.home));
}

/** The last explanation in an output, with the world's places as `~` and `.`. */
function explanation(output: string, world: World): Refusal | null {
  const said = [...output.matchAll(/\(sandbox rule: (\w[\w-]*)\) (?:To allow exactly this: (.*)|No flag)/g)].at(-1);
  if (!said) return null;
  const grant = said[2]?.replaceAll(world.workspace, ".").replaceAll(world.home, "~") ?? null;
  return { rule: said[1] ?? "", grant };
}

function sameRefusal(said: Refusal | null, wanted: Refusal): boolean {
  return said?.rule === wanted.rule && said.grant === wanted.grant;
}

/** The end of what a run said, on one line. */
function last({ exit_code, output }: Ended): string {
  const lines = output.trim().split("\n").slice(-3).join(" · ");
  return `exit ${exit_code} · ${lines.slice(-400)}`;
}
