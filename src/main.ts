// argv → cli. The fast path touches neither process.stdout nor process.stdin: that alone costs 12 ms and 9 MB.
import { VERSION } from "./version.ts";

const argv = process.argv.slice(2);

/** An error that nobody expected, also one of something that was not waited for. */
async function crash(error: unknown): Promise<never> {
  const { crashText } = await import("./cli/crash.ts");
  await Bun.write(Bun.stderr, crashText(error)).catch(() => {});
  process.exit(1);
}
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);

if (/(^|\/)apply_patch$/.test(process.argv0)) {
  // Called through a link of that name, as the Codex CLI can be: nothing but the patch engine is loaded.
  const [{ run }, { createHost }] = await Promise.all([import("./cli/apply-patch.ts"), import("./cli/host.ts")]);
  process.exit(await run({ args: argv, rest: [], flags: {}, host: createHost() }).catch(crash));
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
