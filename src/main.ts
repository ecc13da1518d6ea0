// argv → cli. The fast path touches neither process.stdout nor process.stdin: that alone costs 12 ms and 9 MB.
import type { Host } from "./cli/contract.ts";
import { VERSION } from "./version.ts";

const argv = process.argv.slice(2);

/** The process as the command line has it, once it was looked at: it knows what must not be told. */
const made: { host?: Host } = {};

/** An error that nobody expected, also one of something that was not waited for. */
async function crash(error: unknown): Promise<never> {
  try {
    const { crashText } = await import("./cli/crash.ts");
    const { visible } = await import("./term/index.ts");
    const text = crashText(error);
    // The host takes keys out; before there is one, none are known.
    if (made.host) made.host.stderr(text);
    else await Bun.write(Bun.stderr, visible(text));
  } finally {
    process.exit(1);
  }
}
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);

/**
 * The words after `apply-patch`, or after a link named `apply_patch`, as the Codex CLI has it; null for anything else. A
 * patch is applied hundreds of times a day, so without flags nothing but the patch engine is loaded.
 */
function patchWords(): string[] | null {
  if (/(^|\/)apply_?patch$/.test(process.argv0)) return argv;
  const [name, ...words] = argv;
  return name === "apply-patch" && words.every((word) => word === "-" || !word.startsWith("-")) ? words : null;
}

/** What shows the page of all commands. */
const HELP_WORDS = ["--help", "-h", "help"];

/** What shows the version. */
const VERSION_WORDS = ["--version", "-V"];

/** A link named `web_fetch` is the program that the tool of that name runs. */
const isWebFetch = /(^|\/)web_fetch$/.test(process.argv0);

/** A link named `moat-connect` is what ssh reaches a host by from within a sandbox. */
const isConnector = /(^|\/)moat-connect$/.test(process.argv0);

/** Prints what a fast path has to say. console.log would not tell that a disk is full. */
async function print(text: string): Promise<void> {
  await Bun.write(Bun.stdout, `${text}\n`).catch((error) => (error.code === "EPIPE" ? null : crash(error)));
}

const words = patchWords();
if (words !== null) {
  const [{ run }, { createHost }] = await Promise.all([import("./cli/patch/apply-patch.ts"), import("./cli/host.ts")]);
  made.host = createHost();
  process.exit(await run({ args: words, rest: [], flags: {}, host: made.host }).catch(crash));
} else if (isConnector) {
  const [{ run }, { createHost }] = await Promise.all([import("./cli/connect.ts"), import("./cli/host.ts")]);
  made.host = createHost();
  process.exit(await run({ args: argv, rest: [], flags: {}, host: made.host }).catch(crash));
} else if (isWebFetch) {
  const [{ run }, { createHost }] = await Promise.all([import("./cli/web/web-fetch.ts"), import("./cli/host.ts")]);
  made.host = createHost();
  process.exit(await run({ args: argv, rest: [], flags: {}, host: made.host }).catch(crash));
} else if (
  VERSION_WORDS.includes(argv[0] ?? "") &&
  (argv.length === 1 || (argv.length === 2 && argv[1] === "--json"))
) {
  if (argv.length === 2) {
    const { versionRecord } = await import("./version-record.ts");
    await print(JSON.stringify(versionRecord()));
  } else {
    await print(`moat ${VERSION}`);
  }
} else if (argv.length === 1 && HELP_WORDS.includes(argv[0] ?? "") && typeof MOAT_HELP === "string") {
  // The page is made when moat is built: the table of commands, with all flags of each, takes longer to load than to read.
  const { HELP_PAGE } = await import("./help-page.ts");
  await print(HELP_PAGE);
} else if (argv[0] === "--offline-except" || argv[0] === "--offline-inside") {
  // In front of everything: the rest of the line is run in a network of its own.
  const [{ runInside, runOffline }, { createHost }] = await Promise.all([
    import("./cli/offline/offline.ts"),
    import("./cli/host.ts"),
  ]);
  const open = () => {
    made.host = createHost();
    return made.host;
  };
  const rest = argv.slice(1);
  process.exit(await (argv[0] === "--offline-except" ? runOffline(rest, open()) : runInside(rest, open)).catch(crash));
} else {
  // Read before the host, so that no command inherits it: another moat would write into the same file.
  const { MOAT_TRACE: trace } = process.env;
  if (trace) delete process.env.MOAT_TRACE;
  const { createHost } = await import("./cli/host.ts");
  made.host = createHost();
  const now = () => performance.now();
  const imported = trace ? await (await import("./cli/trace-file.ts")).startTrace(trace, made.host, now) : null;
  // The app's first picture needs nothing of what is loaded below.
  if (argv.length === 0 || (argv.length === 1 && argv[0] === "tui"))
    made.host = await (await import("./cli/talk/curtain.ts")).behindCurtain(made.host);
  const { runCli } = await import("./cli/run.ts");
  imported?.();
  process.exit(await runCli(argv, made.host).catch(crash));
}
