import { type PromptResponse, RequestError } from "@agentclientprotocol/sdk";
import type { Failure } from "../../protocol/index.ts";

/** A prompt that waits for the end of its turn. */
export class OpenPrompt {
  readonly response: Promise<PromptResponse>;
  readonly #settle: PromiseWithResolvers<PromptResponse>;
  /** The plan that the turn proposed; null: none. */
  plan: string | null = null;
  cancelled = false;
  /** It takes back or brings back what turns changed, which is no turn of its own. */
  restores = false;

  constructor() {
    this.#settle = Promise.withResolvers<PromptResponse>();
    this.response = this.#settle.promise;
  }

  end(): void {
    this.#settle.resolve({ stopReason: this.cancelled ? "cancelled" : "end_turn" });
  }

  /** A failure that the protocol has a word for ends the prompt; any other is its error. */
  fail(error: Failure): void {
    const stopReason = this.cancelled ? "cancelled" : stopReasonOf(error);
    if (stopReason !== null) this.#settle.resolve({ stopReason });
    else this.#settle.reject(failureError(error));
  }
}

function stopReasonOf({ kind }: Failure): PromptResponse["stopReason"] | null {
  if (kind === "interrupted") return "cancelled";
  if (kind === "incomplete") return "max_tokens";
  return kind === "budget" ? "max_turn_requests" : null;
}

/** A key that the provider does not take is for the person to mend; anything else is told as it is. */
function failureError({ kind, message }: Failure): RequestError {
  const code = kind === "unauthorized" ? RequestError.authRequired().code : RequestError.internalError().code;
  return new RequestError(code, message, { kind });
}
