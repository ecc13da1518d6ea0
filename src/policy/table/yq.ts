import { type Check, unknown } from "../finding.ts";
import type { OptionUsage } from "../usage.ts";
import { readUsage } from "./usage.ts";

export const YQ: OptionUsage = {
  flags: "rPenNMCjyYc",
  values: "opI",
  long:
    "--raw-output --output-format= --input-format= --no-doc --exit-status --prettyPrint --null-input --colors --no-colors " +
    "--indent= --unwrapScalar[=]",
};

/** Operators that look at a document and nothing else, in yq of Go and in yq of Python (jq's language). */
const LOOKS = new Set(
  (
    "add all and any contains false flatten from_entries group_by has join keys length map map_values max max_by min " +
    "min_by not null or reverse select sort sort_by split tag test to_entries true type unique unique_by"
  ).split(" "),
);
/**
 * A part of an expression: blanks, text in which nothing is computed, a path, a name, a number, an operator that assigns nothing. Dots in a
 * row come first: behind `..` a name is an operator, behind one dot a key.
 */
const PART =
  /[ \t\n]+|"[^"\\]*"|\.{2,3}|\.[A-Za-z_][\w-]*|(?<name>[A-Za-z_]\w*)|\d+(?:\.\d+)?|==|!=|<=|>=|\/\/|[.[\](){}|,:?<>+*/%-]/y;
/** The name of a file: as an expression it does nothing, because no operator that acts stands without brackets. */
const FILE = /^[\w./~+@%-]+$/;

/** Which operand is the expression is told by the files that there are: each may be it. */
export const yq: Check = (args) => {
  const acts = readUsage(args, YQ).operands.find(({ text }) => text === null || !(FILE.test(text) || onlyLooks(text)));
  return acts === undefined ? null : unknown(`\`${acts.raw}\` may load files, read the environment or run commands`);
};

function onlyLooks(expression: string): boolean {
  const part = new RegExp(PART);
  while (part.lastIndex < expression.length) {
    const found = part.exec(expression);
    const name = found?.groups?.name;
    if (found === null || (name !== undefined && !LOOKS.has(name))) return false;
  }
  return true;
}
