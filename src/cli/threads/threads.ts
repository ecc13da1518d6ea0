import { nearest, USAGE } from "../../base/index.ts";
import { LockedError, RolloutError } from "../../session/index.ts";
import type { CommandRun, Invocation } from "../contract.ts";
import { fail } from "../exits.ts";

/** One verb of `moat threads`. */
interface Verb {
  usage: string;
  /** Fewest and most positional arguments. */
  args: [number, number];
  /** Flags that mean something here, beside --json and --help. */
  flags: string[];
  load: () => Promise<CommandRun>;
}

const MANY = Number.POSITIVE_INFINITY;
const reading = () => import("./read.ts");
const changing = () => import("./change.ts");

const verbs: Record<string, Verb> = {
  list: {
    usage: "[TEXT]",
    args: [0, 1],
    flags: ["all", "archived", "limit"],
    load: async () => (await reading()).listCommand,
  },
  show: { usage: "THREAD", args: [1, 1], flags: [], load: async () => (await reading()).show },
  search: { usage: "TEXT", args: [1, 1], flags: ["archived", "limit"], load: async () => (await reading()).search },
  export: {
    usage: "THREAD",
    args: [1, 1],
    flags: ["format", "output"],
    load: async () => (await reading()).exportThread,
  },
  import: {
    usage: "[--from AGENT] [--last | --all | PATH…]",
    args: [0, MANY],
    flags: ["from", "last", "all"],
    load: async () => (await import("./import.ts")).importThreads,
  },
  rename: { usage: 'THREAD NAME (or "")', args: [2, 2], flags: [], load: async () => (await changing()).rename },
  archive: { usage: "THREAD…", args: [1, MANY], flags: [], load: async () => (await changing()).archive },
  unarchive: { usage: "THREAD…", args: [1, MANY], flags: [], load: async () => (await changing()).unarchive },
  delete: { usage: "THREAD…", args: [1, MANY], flags: ["yes"], load: async () => (await changing()).removeThread },
  gc: { usage: "", args: [0, 0], flags: ["dry-run", "max-size"], load: async () => (await import("./gc.ts")).gc },
};

/** `moat threads VERB …`: everything that is done with stored threads. THREAD is a name, an id, or the beginning of one. */
export const run: CommandRun = async (invocation) => {
  const [name = "list", ...args] = invocation.args;
  return runVerb(name, { ...invocation, args });
};

/** The verb that was likely meant, or all of them. */
function otherVerb(name: string): string {
  const near = nearest(name, Object.keys(verbs));
  return near === null ? `there are ${Object.keys(verbs).join(", ")}` : `did you mean ${near}?`;
}

/** Runs one verb; also behind `moat archive`, `unarchive` and `delete`. */
export async function runVerb(name: string, invocation: Invocation): Promise<number> {
  const { host, flags } = invocation;
  const args = [...invocation.args, ...invocation.rest];
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!verb) return fail(host, `threads has no ${name}; ${otherVerb(name)}`, USAGE);
  const usage = `moat threads ${name} ${verb.usage}`.trimEnd();
  const [fewest, most] = verb.args;
  if (args.length < fewest) return fail(host, `${name} needs more: ${usage}`, USAGE);
  if (args.length > most) return fail(host, `${name} cannot use ${args[most]}: ${usage}`, USAGE);
  const foreign = Object.keys(flags).find((flag) => flag !== "json" && flag !== "help" && !verb.flags.includes(flag));
  if (foreign) return fail(host, `${name} has no --${foreign}: ${usage}`, USAGE);
  const work = await verb.load();
  try {
    return await work({ ...invocation, args, rest: [] });
  } catch (error) {
    if (error instanceof LockedError || error instanceof RolloutError) return fail(host, error.message);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return fail(host, message);
  }
}
