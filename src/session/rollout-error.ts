/** A rollout cannot be read or written. `message` says why and what to do. */
export class RolloutError extends Error {
  override name = "RolloutError";
}
