import type { Failure } from "../protocol/index.ts";

/** Ends a turn from anywhere below it, with the reason that the user is told. */
export class TurnFailed extends Error {
  override name = "TurnFailed";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
