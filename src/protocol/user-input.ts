/** A question of the model to the person. */
export interface UserInputQuestion {
  /** Unique in its request; the answer names it. */
  id: string;
  /** One or two words. */
  header: string;
  question: string;
  /** What the model proposes; empty: it asks for free text. A person may always answer something else. */
  options: { label: string; description: string }[];
}

/** What `request_user_input` asks; everything that is needed to answer it is here. */
export interface UserInputRequest {
  /** Of the call that asks; the answer names it. */
  call_id: string;
  questions: UserInputQuestion[];
}

/**
 * The answer: labels that were chosen, or free text, by the ids of the questions. What has none was passed over. `declined` lets the
 * model go on without, with the reason; `abort` stops the turn.
 */
export type UserInputAnswer =
  | { type: "answered"; answers: Record<string, { answers: string[] }> }
  | { type: "declined"; reason?: string }
  | { type: "abort" };
