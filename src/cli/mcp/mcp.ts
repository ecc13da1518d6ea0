import { USAGE } from "../../base/index.ts";
import type { CommandRun } from "../contract.ts";
import { fail } from "../exits.ts";
import type { McpCall } from "./shared.ts";

/** A name that a key of the configuration and the name of a tool can hold as it is. */
const NAME = /^[A-Za-z0-9_-]{1,40}$/;

const VERBS: Record<string, { named: boolean; flags: string[]; run: (call: McpCall) => Promise<number> }> = {
  add: {
    named: true,
    flags: ["url", "env", "network", "bearer-token-env-var", "header"],
    run: async (call) => (await import("./edit.ts")).addServer(call),
  },
  remove: { named: true, flags: [], run: async (call) => (await import("./edit.ts")).removeServer(call) },
  list: { named: false, flags: [], run: async (call) => (await import("./show.ts")).listServers(call) },
  get: { named: true, flags: [], run: async (call) => (await import("./show.ts")).getServer(call) },
  login: { named: true, flags: [], run: async (call) => (await import("./login.ts")).loginAt(call) },
  logout: { named: true, flags: [], run: async (call) => (await import("./login.ts")).logoutAt(call) },
};
/** Flags that every verb takes. */
const COMMON = ["json", "config", "profile", "strict-config", "trust"];

/** `moat mcp add|list|get|remove|login|logout`. */
export const run: CommandRun = async (call) => {
  const { args, rest, flags, host } = call;
  const [word = "", name = "", ...more] = args;
  const verb = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined;
  if (!verb)
    return fail(
      host,
      `moat mcp ${Object.keys(VERBS).join("|")}: ${word === "" ? "say which" : `there is no ${word}`}`,
      USAGE,
    );
  if (verb.named && !NAME.test(name))
    return fail(host, `mcp ${word} needs the name of a server: letters, digits, - and _ (40 at most)`, USAGE);
  // `mcp add NAME COMMAND…` is what people type; the command may also stand behind --.
  const left = word === "add" ? [...more, ...rest] : [...(verb.named ? [] : [name].filter(Boolean)), ...more, ...rest];
  if (word !== "add" && left.length > 0) return fail(host, `mcp ${word} takes nothing more: ${left.join(" ")}`, USAGE);
  const strange = Object.keys(flags).find((flag) => !COMMON.includes(flag) && !verb.flags.includes(flag));
  if (strange !== undefined) return fail(host, `mcp ${word} takes no --${strange}`, USAGE);
  return verb.run({ ...call, name, rest: left });
};
