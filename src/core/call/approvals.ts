import type { ApprovalRequest, ToolCallItem } from "../../protocol/index.ts";

/** Id of the question whether a call may run, after so many changes of it: an answer to an earlier one must not count here. */
export function questionId({ call_id }: ToolCallItem, edits: number): string {
  return edits === 0 ? call_id : `${call_id}:edited:${edits}`;
}

/** Id of the question whether a command that already ran may do so again with more. */
export function againId({ call_id }: ToolCallItem, times: number): string {
  return times === 1 ? `${call_id}:again` : `${call_id}:again:${times}`;
}

/** Id of a question that a tool asks while its call runs. */
export function askId({ call_id }: ToolCallItem, times: number): string {
  return `${call_id}:ask:${times}`;
}

/** Whether a question is about running this call at all: then nothing of it has run yet. */
export function asksToRun({ call_id: question }: ApprovalRequest, { call_id }: ToolCallItem): boolean {
  return question === call_id || question.startsWith(`${call_id}:edited:`);
}

interface Abort {
  type: "abort";
}

/** Questions that wait for an answer. The first answer wins; later ones, and those to unknown questions, do nothing. */
export class Questions<Answer extends { type: string }> {
  readonly #waiting = new Map<string, (answer: Answer | Abort) => void>();

  /** Resolves with the answer, or with `abort` when the signal fires first. */
  ask(call_id: string, signal: AbortSignal): Promise<Answer | Abort> {
    if (signal.aborted) return Promise.resolve({ type: "abort" });
    return new Promise((resolve) => {
      const settle = (answer: Answer | Abort) => {
        this.#waiting.delete(call_id);
        signal.removeEventListener("abort", onAbort);
        resolve(answer);
      };
      const onAbort = () => settle({ type: "abort" });
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(call_id, settle);
    });
  }

  /** Whether the answer reached a waiting question. */
  answer(call_id: string, answer: Answer): boolean {
    const settle = this.#waiting.get(call_id);
    settle?.(answer);
    return settle !== undefined;
  }
}
