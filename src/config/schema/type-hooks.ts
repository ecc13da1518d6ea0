import { isTable, type Type } from "./type.ts";

/** A program that is run at an event. */
export interface HookCommand {
  /** A line for the shell. */
  command: string;
  /** Time limit in seconds; null: the default of the runner. */
  timeout: number | null;
  /** It is started and not waited for; what it says does not count. */
  async: boolean;
}

/** The programs of one event whose subject fits `matcher`. */
export interface HookGroup {
  /** As it was written (`matcher.ts`); null: always. */
  matcher: string | null;
  hooks: HookCommand[];
}

/** The list of one event, in the form that hooks.json files have (`[{matcher, hooks: [{type, command, timeout}]}]`). */
export function hookList(): Type<HookGroup[]> {
  return {
    expected: 'a list of tables with "matcher" and "hooks", each hook {type = "command", command = "…"}',
    json: {
      type: "array",
      items: {
        type: "object",
        required: ["hooks"],
        properties: {
          matcher: { type: "string" },
          hooks: {
            type: "array",
            items: {
              type: "object",
              required: ["type", "command"],
              properties: {
                type: { const: "command" },
                command: { type: "string" },
                timeout: { type: "number", exclusiveMinimum: 0 },
                async: { type: "boolean" },
              },
            },
          },
        },
      },
    },
    read: (value) => {
      if (!Array.isArray(value)) return undefined;
      const groups = value.map(readGroup);
      return groups.includes(undefined) ? undefined : (groups as HookGroup[]);
    },
  };
}

function readGroup(value: unknown): HookGroup | undefined {
  if (!isTable(value) || !Array.isArray(value.hooks)) return undefined;
  const matcher = value.matcher ?? null;
  if (matcher !== null && typeof matcher !== "string") return undefined;
  const hooks = value.hooks.map(readHook);
  return hooks.includes(undefined) ? undefined : { matcher, hooks: hooks as HookCommand[] };
}

function readHook(value: unknown): HookCommand | undefined {
  if (!isTable(value) || value.type !== "command" || typeof value.command !== "string") return undefined;
  const timeout = value.timeout ?? null;
  if (timeout !== null && !(typeof timeout === "number" && timeout > 0)) return undefined;
  return { command: value.command, timeout, async: value.async === true };
}
