import type { TermEvent } from "../../../term/index.ts";

/** A key as the app looks at it. */
export interface PressedKey {
  event: Extract<TermEvent, { type: "key" }>;
  /** As the key table writes it. */
  name: string;
  /** What it types; null: it types nothing. */
  text: string | null;
  /** It came with other characters at once, as nobody types. */
  burst: boolean;
}
