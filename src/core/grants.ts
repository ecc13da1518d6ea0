import type { Effect } from "../protocol/index.ts";

/** What the user allowed until the process ends: the exact command in the exact directory, nothing like it. */
export class SessionGrants {
  readonly #keys = new Set<string>();

  add(effect: Effect): void {
    this.#keys.add(keyOf(effect));
  }

  has(effect: Effect): boolean {
    return this.#keys.has(keyOf(effect));
  }
}

function keyOf(effect: Effect): string {
  if (effect.kind === "command") return JSON.stringify([effect.cwd, effect.argv]);
  if (effect.kind === "patch") return JSON.stringify(effect.changes.map(({ path }) => path).sort());
  return JSON.stringify([effect.server, effect.tool]);
}
