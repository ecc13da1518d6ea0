import type { BudgetLimits } from "../core/index.ts";
import type { Flags } from "./contract.ts";
import { parseDuration } from "./duration.ts";

/** The limits that flags set, or what is wrong with one of them. */
export type BudgetRead = { ok: true; budget: BudgetLimits } | { ok: false; message: string };

const THOUSANDS: Record<string, number> = { k: 1000, m: 1_000_000 };

type Read = (text: string) => number | null;

/** `200000`, `200k`, `1.5M`. */
const readTokens: Read = (text) => {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text) ?? [];
  return number === "" ? null : Math.round(Number(number) * (THOUSANDS[unit.toLowerCase()] ?? 1));
};
/** `2.50`, `$2.50`. */
const readDollars: Read = (text) => (/^\$?\d+(\.\d+)?$/.test(text) ? Number(text.replace("$", "")) : null);
const readCount: Read = (text) => (/^\d+$/.test(text) ? Number(text) : null);

/** Reads `--max-tokens`, `--max-cost`, `--max-time`, `--max-turns` and `--max-commands`. */
export function readBudget(flags: Flags): BudgetRead {
  const wrong: string[] = [];
  const read = (name: string, how: Read, example: string): number | null => {
    const text = flags[name];
    if (typeof text !== "string") return null;
    const value = how(text);
    if (value !== null && (value > 0 || name === "max-commands")) return value;
    wrong.push(`--${name} ${text}: say it as in --${name} ${example}`);
    return null;
  };
  const budget: BudgetLimits = {
    tokens: read("max-tokens", readTokens, "200k"),
    cost: read("max-cost", readDollars, "2.50"),
    time_ms: read("max-time", parseDuration, "10m"),
    turns: read("max-turns", readCount, "50"),
    commands: read("max-commands", readCount, "20"),
  };
  const [first] = wrong;
  return first === undefined ? { ok: true, budget } : { ok: false, message: first };
}
