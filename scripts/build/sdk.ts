// bun scripts/build/sdk.ts MODULE OUTFILE: bundles the client of a provider's SDK, and writes its metafile to OUTFILE.json.
// moat sends its requests by the client's `post` and reads the answers itself. The classes of single end points, and the readers of
// streams behind them, are three quarters of an SDK: the client makes one of each when it is made, and nobody asks them anything. An
// empty class stands for each. The types in src/model/wires leave nothing but `post`, so that a use of one does not compile.
import { writeFileSync } from "node:fs";
import { root } from "./binary.ts";

/** Files of end points; the index files only name what others export. */
const END_POINT = /\/node_modules\/(?:openai|@anthropic-ai\/sdk)\/resources\/(?!.*\bindex\.mjs$).+\.mjs$/;

const withoutEndPoints: Bun.BunPlugin = {
  name: "without end points",
  setup(build) {
    const transpiler = new Bun.Transpiler({ loader: "js" });
    build.onLoad({ filter: END_POINT }, async ({ path }) => {
      const { exports } = transpiler.scan(await Bun.file(path).text());
      return { loader: "js", contents: exports.map((name) => `export class ${name} {}`).join("\n") };
    });
  },
};

const [module = "", outfile = ""] = process.argv.slice(2);
const { outputs, metafile } = await Bun.build({
  entrypoints: [Bun.resolveSync(module, root)],
  // Short names for all that is in it: nobody reads traces of it.
  minify: true,
  target: "bun",
  format: "esm",
  metafile: true,
  plugins: [withoutEndPoints],
});
const [bundle] = outputs;
if (bundle === undefined) throw new Error(`${module} gave no bundle`);
await Bun.write(outfile, bundle);
writeFileSync(`${outfile}.json`, JSON.stringify(metafile));
