// argv → cli. The fast path touches neither process.stdout nor process.stdin: that alone costs 12 ms and 9 MB.
import { VERSION } from "./version.ts";

const argv = process.argv.slice(2);

/** An error that nobody expected, also one of something that was not waited for. */
async function crash(error: unknown): Promise<never> {
  const { crashText } = await import("./cli/crash.ts");
  const { visible } = await import("./term/index.ts");
  await Bun.write(Bun.stderr, visible(crashText(error))).catch(() => {});
  process.exit(1);
}
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);

/**
 * The words after `apply-patch`, or after a link named `apply_patch`, as the Codex CLI has it; null for anything else. A
 * patch is applied hundreds of times a day, so without flags nothing but the patch engine is loaded.
 */
function patchWords(): string[] | null {
  if (/(^|\/)apply_patch$/.test(process.argv0)) return argv;
  const [name, ...words] = argv;
  return name === "apply-patch" && words.every((word) => word === "-" || !word.startsWith("-")) ? words : null;
}

const words = patchWords();
if (words !== null) {
  const [{ run }, { createHost }] = await Promise.all([import("./cli/patch/apply-patch.ts"), import("./cli/host.ts")]);
  process.exit(await run({ args: words, rest: [], flags: {}, host: createHost() }).catch(crash));
} else if (argv[0] === "--version" || argv[0] === "-V") {
  if (argv[1] === "--json") {
    const { versionRecord } = await import("./version-record.ts");
    console.log(JSON.stringify(versionRecord()));
  } else {
    console.log(`moat ${VERSION}`);
  }
} else {
  const [{ runCli }, { createHost }] = await Promise.all([import("./cli/run.ts"), import("./cli/host.ts")]);
  const host = createHost();
  process.exit(await runCli(argv, host).catch(crash));
}
