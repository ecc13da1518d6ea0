import { USAGE } from "../../../base/index.ts";
import type { Flags, Host } from "../../contract.ts";
import { fail } from "../../exits.ts";
import { applyLayer } from "./apply.ts";
import { diffLayer } from "./diff.ts";
import { inUse, isMeant, type LayerPlace, placeOf } from "./place.ts";

const VERBS: Record<string, (host: Host, place: LayerPlace, flags: Flags) => Promise<number>> = {
  list: listLayer,
  diff: diffLayer,
  apply: applyLayer,
  reset: resetPlaces,
};

/** `moat sandbox home list|diff|apply|reset [PATH…]`: what commands of this workspace wrote into the private layer over the home directory. */
export async function runHome(host: Host, args: string[], flags: Flags): Promise<number> {
  const [verb = "", ...paths] = args;
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined) return fail(host, "say moat sandbox home list, diff, apply or reset, and paths", USAGE);
  const found = await placeOf(host, flags, paths);
  return found.ok ? run(host, found.place, flags) : fail(host, found.message, USAGE);
}

async function listLayer(host: Host, place: LayerPlace, flags: Flags): Promise<number> {
  const { leftInLayer } = await import("../../../sandbox/index.ts");
  const left = leftInLayer(place.store, place.home).filter(({ path }) => isMeant(path, place));
  if (flags.json === true) host.json(left);
  else if (left.length === 0) host.stdout(`commands of ${place.workspace} left nothing in your home directory\n`);
  else
    for (const { change, path, kind, bytes } of left)
      host.stdout(
        `${change.padEnd(7)} ~/${path}${kind === "directory" ? "/" : ""}${change === "deleted" ? "" : `  ${bytes} bytes`}\n`,
      );
  return 0;
}

async function resetPlaces(host: Host, place: LayerPlace, flags: Flags): Promise<number> {
  const { leftInLayer, resetLayer } = await import("../../../sandbox/index.ts");
  const count = () => leftInLayer(place.store, place.home).length;
  const before = count();
  if (!resetLayer(place.store, place.named.length === 0 ? null : place.named)) return fail(host, inUse(place));
  const thrown_away = before - count();
  if (flags.json === true) host.json({ thrown_away });
  else host.stdout(`thrown away: ${thrown_away} place(s) in the layer of ${place.workspace}\n`);
  return 0;
}
