import { dirname } from "node:path";
import { isWithin } from "../base/index.ts";
import { type Effect, grantFlags, type SandboxMode } from "../protocol/index.ts";
import { changedPaths, type Permit } from "./permit.ts";

/** Where no flag opens just this, somebody has to be asked. */
export const SOMEBODY_ASKED = "somebody who is asked: `moat` at a terminal, or --approve-with PROGRAM";

/** What would let a call through that was refused because nobody is asked: flags where there are some, for people to read. */
export function grantFor(
  { effect, sandbox_mode, workspace }: { effect: Effect; sandbox_mode: SandboxMode; workspace: string },
  permit: Permit,
): string {
  const place = { read_only: sandbox_mode === "read-only", cwd: workspace };
  if (effect.kind === "patch") return patchGrant(changedPaths(effect), place);
  const dirs = permit.extra_write.map((add_dir) => ({ add_dir }));
  const network = permit.network === "none" ? [] : [{ network: permit.network }];
  const { sockets, read } = permit;
  const needs = sockets.length + read.length === 0 ? [] : [{ needs: { hosts: [], sockets, read } }];
  const opens = permit.sandboxed ? [...dirs, ...network, ...needs] : [];
  return opens.length === 0 ? SOMEBODY_ASKED : grantFlags(opens, place);
}

/** What lies in the workspace opens with it; a read-only place inside it does not. */
function patchGrant(paths: readonly string[], place: { read_only: boolean; cwd: string }): string {
  const outside = paths.filter((path) => !isWithin(path, place.cwd)).map((path) => ({ add_dir: dirname(path) }));
  if (outside.length > 0) return grantFlags(outside, place);
  return place.read_only ? grantFlags([{ add_dir: place.cwd }], place) : SOMEBODY_ASKED;
}
