/** Marks around a plan in the prose of models that were trained on the Codex CLI; the plan itself is an item. */
const TAGS = ["<proposed_plan>", "</proposed_plan>"];
/** One that begins a line, or ends what it closes; not one that is quoted in backticks. */
const TAG = /^<proposed_plan>[ \t]*\n?|(?<!`)<\/proposed_plan>[ \t]*\n?/gm;

/** Prose without the marks. */
export function withoutPlanTags(text: string): string {
  return text.includes("proposed_plan>") ? text.replace(TAG, "") : text;
}

/** Where in the last line of a growing text a mark may stand; its length where none does. */
export function openTag(text: string): number {
  for (let at = text.indexOf("<", text.lastIndexOf("\n") + 1); at !== -1; at = text.indexOf("<", at + 1)) {
    const rest = text.slice(at);
    if (TAGS.some((tag) => tag.startsWith(rest) || rest.startsWith(tag))) return at;
  }
  return text.length;
}

/** The same for prose that comes in pieces: what may be a mark waits for the end of its line. */
export class PlanTagStream {
  #held = "";
  /** The character before, on the same line. */
  #before = "";

  push(piece: string): string {
    const text = this.#held + piece;
    const at = openTag(text);
    this.#held = text.slice(at);
    return this.#cleaned(text.slice(0, at));
  }

  /** What is still held, when nothing more comes. */
  end(): string {
    const text = this.#held;
    this.#held = "";
    return this.#cleaned(text);
  }

  #cleaned(text: string): string {
    const whole = this.#before + text;
    const shown = withoutPlanTags(whole).slice(this.#before.length);
    this.#before = whole.endsWith("\n") ? "" : whole.slice(-1);
    return shown;
  }
}
