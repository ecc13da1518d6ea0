import type { ApprovalRequest, Decision } from "../protocol/index.ts";

/** Questions that wait for an answer. The first answer wins; later ones, and those to unknown questions, do nothing. */
export class Approvals {
  readonly #waiting = new Map<string, (decision: Decision) => void>();

  /** Resolves with the answer, or with `abort` when the signal fires first. */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<Decision> {
    if (signal.aborted) return Promise.resolve({ type: "abort" });
    return new Promise((resolve) => {
      const settle = (decision: Decision) => {
        this.#waiting.delete(request.call_id);
        signal.removeEventListener("abort", onAbort);
        resolve(decision);
      };
      const onAbort = () => settle({ type: "abort" });
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(request.call_id, settle);
    });
  }

  /** Whether the answer reached a waiting question. */
  answer(call_id: string, decision: Decision): boolean {
    const settle = this.#waiting.get(call_id);
    settle?.(decision);
    return settle !== undefined;
  }
}
