import { join, resolve } from "node:path";
import { isWithin } from "../../../base/index.ts";
import type { Flags, Host } from "../../contract.ts";

/** The layer that a command is about. */
export interface LayerPlace {
  workspace: string;
  store: string;
  /** Symlinks resolved. */
  home: string;
  moat_home: string;
  /** Places that were named, relative to the home directory; empty: all of it is meant. */
  named: string[];
}

/** Finds the layer of the workspace, and the places of it that are named: `~/x`, or as every path, from the current directory. */
export async function placeOf(
  host: Host,
  flags: Flags,
  paths: readonly string[],
): Promise<{ ok: true; place: LayerPlace } | { ok: false; message: string }> {
  const { layerStore, realPath } = await import("../../../sandbox/index.ts");
  const workspace = resolve(host.cwd, typeof flags.cd === "string" ? flags.cd : ".");
  const real = (path: string) => realPath(path) ?? path;
  const home = real(host.home);
  const named: string[] = [];
  for (const path of paths) {
    const given = path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : resolve(host.cwd, path);
    const absolute = isWithin(given, host.home) ? join(home, given.slice(host.home.length)) : given;
    if (!isWithin(absolute, home))
      return {
        ok: false,
        message: `${path} does not lie in your home directory, ${home}: name a place as ~/.config/x`,
      };
    named.push(absolute.slice(home.length + 1));
  }
  const store = layerStore(join(host.home, ".cache", "moat"), workspace);
  return {
    ok: true,
    place: { workspace, store, home, moat_home: real(host.moat_home), named: named.includes("") ? [] : named },
  };
}

/** Whether a path (relative to the home directory) is one of those that are meant. */
export const isMeant = (path: string, { named }: LayerPlace): boolean =>
  named.length === 0 || named.some((one) => isWithin(path, one));

/** The layer is somebody's while a moat or a command of the workspace runs. */
export const inUse = ({ workspace }: LayerPlace): string =>
  `the layer of ${workspace} is in use: end the moat or the command that runs there first`;
