// Preloaded by `bun test` (bunfig.toml): every test has the same time limit, whether it runs alone, with its folder or in
// `./scripts/test`. Bun takes no limit from bunfig.toml, and setDefaultTimeout counts for the file that calls it, so each
// test file is given the call. The limit is there for what hangs: a test that is slow on a busy machine is not wrong.
import { plugin } from "bun";

/** `--full` runs long loops of fuzzing and killing. */
const LIMIT_MS = process.env.MOAT_TEST_FULL === "1" ? 600_000 : 60_000;

plugin({
  name: "test-limit",
  setup(build) {
    build.onLoad({ filter: /\.test\.ts$/ }, async ({ path }) => ({
      // On the first line, so that line numbers stay.
      contents: `import { setDefaultTimeout as __limit } from "bun:test"; __limit(${LIMIT_MS}); ${await Bun.file(path).text()}`,
      loader: "ts",
    }));
  },
});
