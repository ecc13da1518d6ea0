import { nearest } from "../../base/index.ts";
import type { HookEvent } from "./events.ts";
import { SUBJECTS } from "./input.ts";
import { matcherParts, matches } from "./matcher.ts";

/** An expression that is nothing but whole names from the beginning on: `^Read$`, `^(Read|Grep)`. */
const WHOLE_NAMES = /^\^(?:\((?:\?:)?)?([\w|]+)\)?(?:\$|\.\*)?$/;
/** Tools of servers, which are only known once their server has been asked. */
const SERVER_TOOL = /^mcp__\w+__/;

/**
 * Why no subject of an event ever fits a matcher; null when one may. What can be sure of it is a matcher of whole names: any
 * other expression may be found in the name of a server's tool.
 */
export function fitsNothing(matcher: string | null, event: HookEvent): string | null {
  const known = SUBJECTS[event];
  const names = namesIn(matcher);
  if (known.length === 0 || names === null) return null;
  if (known.some((subject) => matches(matcher, [subject])) || names.some((name) => SERVER_TOOL.test(name))) return null;
  const meant = names.map((name) => nearest(name, known)).find((name) => name !== null);
  return meant === undefined ? `there are ${known.join(", ")}` : `perhaps ${meant} was meant`;
}

/** The names that a matcher stands for; null when it stands for more than names. */
function namesIn(matcher: string | null): string[] | null {
  const names: string[] = [];
  for (const part of matcherParts(matcher)) {
    const whole = typeof part === "string" ? part : WHOLE_NAMES.exec(part.source)?.[1];
    if (whole === undefined) return null;
    names.push(...whole.split("|"));
  }
  return names.length > 0 ? names : null;
}
