// `moat proto` as a program drives it.
import { linesOf } from "../testkit/index.ts";
import type { TestWorld } from "./harness.ts";

/** An event as it is printed, with what tests look at. */
export interface ProtoEvent {
  type: string;
  seq?: number;
  request?: { call_id: string; questions?: { question: string }[] };
  files?: { gaps: unknown[]; count: number };
}

/** Starts it. `events` is read once, and ends with the process. */
export function startProto(w: TestWorld, ...flags: string[]) {
  const child = w.start(["proto", ...flags], { stdin: "" });
  const stdin = child.stdin as Bun.FileSink;
  return {
    child,
    stdin,
    tell: (op: object) => stdin.write(`${JSON.stringify(op)}\n`),
    async *events(): AsyncGenerator<ProtoEvent> {
      for await (const line of linesOf(child.stdout)) yield JSON.parse(line);
    },
  };
}
