// argv → cli. The fast path touches neither process.stdout nor process.stdin: that alone costs 12 ms and 9 MB.
import { VERSION } from "./version.ts";

const argv = process.argv.slice(2);

if (argv[0] === "--version" || argv[0] === "-V") {
  if (argv[1] === "--json") {
    const { versionRecord } = await import("./version-record.ts");
    console.log(JSON.stringify(versionRecord()));
  } else {
    console.log(`moat ${VERSION}`);
  }
} else {
  const [{ runCli }, { createHost }] = await Promise.all([import("./cli/run.ts"), import("./cli/host.ts")]);
  const host = createHost();
  process.exit(await runCli(argv, host));
}
