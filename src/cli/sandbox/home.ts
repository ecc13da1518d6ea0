import { join, resolve } from "node:path";
import { USAGE } from "../../base/index.ts";
import type { Flags, Host } from "../contract.ts";
import { fail } from "../exits.ts";

const USE = "say moat sandbox home list or moat sandbox home reset";

/** `moat sandbox home list|reset`: what commands of this workspace wrote into the private layer over the home directory. */
export async function runHome(host: Host, args: string[], flags: Flags): Promise<number> {
  const [verb, ...more] = args;
  if (more.length > 0 || (verb !== "list" && verb !== "reset")) return fail(host, USE, USAGE);
  const { layerStore, leftInLayer, realPath, resetLayer } = await import("../../sandbox/index.ts");
  const workspace = resolve(host.cwd, typeof flags.cd === "string" ? flags.cd : ".");
  const store = layerStore(join(host.home, ".cache", "moat"), workspace);
  const left = leftInLayer(store, realPath(host.home) ?? host.home);
  if (verb === "reset") {
    if (!resetLayer(store))
      return fail(host, `the layer of ${workspace} is in use: end the moat that runs there first`);
    host.stdout(`thrown away: ${left.length} place(s) in the layer of ${workspace}\n`);
    return 0;
  }
  if (flags.json === true) host.json(left);
  else if (left.length === 0) host.stdout(`commands of ${workspace} left nothing in your home directory\n`);
  else
    for (const { change, path, kind, bytes } of left)
      host.stdout(
        `${change.padEnd(7)} ~/${path}${kind === "directory" ? "/" : ""}${change === "deleted" ? "" : `  ${bytes} bytes`}\n`,
      );
  return 0;
}
