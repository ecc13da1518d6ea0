import type { Look, StartFacts } from "./contract.ts";
import { signedRows } from "./items/item.ts";
import { sign } from "./signs.ts";
import { cut, exact, type Line, lineWidth, type Run } from "./text/line.ts";

/** Cells of the names at the left. */
const NAME = 13;
/** Below so many columns names stand close to what they name. */
const NARROW = 40;

/** Three lines that greet, as many whatever is known already; then what to take care of. */
export function startRows(facts: StartFacts, look: Look): Line[] {
  const { bold, dim, accent } = look.theme;
  const name = (text: string): Run => exact(look.columns < NARROW ? `${text} ` : text.padEnd(NAME), dim);
  const model = [facts.model, facts.effort].filter((part) => part !== null).join(" ");
  const title = look.columns < NARROW ? `moat ${facts.version} ` : `moat ${facts.version}`.padEnd(NAME);
  const { enforced } = facts;
  const extras = facts.extras.length === 0 ? ["no AGENTS.md"] : facts.extras;
  const sandbox = [name("sandbox"), exact(facts.sandbox), exact(`, ${facts.approvals}`, dim)];
  // What is enforced is never what a narrow window cuts off: it begins the next line.
  const fits = lineWidth(sandbox) + ` · ${enforced}`.length <= look.columns;
  const lines: Line[] = [
    [exact(title, bold), exact(model, accent), exact(` · ${facts.directory}${branchText(facts.branch)}`)],
    [...sandbox, ...(fits && enforced !== "" ? [exact(` · ${enforced}`, dim)] : [])],
    [name(""), exact([...(fits || enforced === "" ? [] : [enforced]), ...extras].join(" · "), dim)],
  ];
  return [
    ...lines.map((line) => cut(line, look.columns)),
    ...facts.warnings.flatMap((text) => signedRows([sign(look, "warning", look.theme.warn)], text, look, "warn")),
  ];
}

function branchText(branch: StartFacts["branch"]): string {
  if (branch === null) return "";
  return branch.changed === 0 ? ` (${branch.name})` : ` (${branch.name}, ${branch.changed} changed)`;
}
