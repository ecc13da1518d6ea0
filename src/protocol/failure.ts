/**
 * Every way a turn can fail, as data. `retryable` is decided where the failure is born, never guessed from its text.
 * `message` is for people; no decision is made on it.
 */
export type Failure = RetryableFailure | FinalFailure;

/** A failure after which the same request may succeed. `retry_after_ms` is the server's own hint, when it gave one. */
export interface RetryableFailure {
  kind:
    | "stream_disconnected"
    | "idle_timeout"
    | "rate_limited"
    | "server_error"
    /** The model said nothing and called nothing, also when it was asked again. */
    | "empty_answer";
  message: string;
  retryable: true;
  retry_after_ms?: number;
  /** HTTP status, when there was an answer with one. */
  status?: number;
}

/** A failure that the same request would meet again. */
export interface FinalFailure {
  kind:
    | "unauthorized"
    | "invalid_request"
    | "context_overflow"
    | "quota"
    | "incomplete"
    | "budget"
    /** The final message does not follow the schema that was asked for, also after it was sent back. */
    | "invalid_output"
    | "sandbox_unavailable"
    | "interrupted"
    | "internal";
  message: string;
  retryable: false;
  status?: number;
}
