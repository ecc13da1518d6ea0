// A scripted model that issues one command after another, and waits for each to its end as the agents' own tools have it.
import {
  call,
  type ModelServer,
  type RecordedRequest,
  respond,
  say,
  startModelServer,
} from "../../src/testkit/index.ts";

/** How long it asks an agent to wait for a command before it asks again. */
const PATIENCE_MS = 300_000;

/** How a command came out, as the model read it. */
export interface StepOutcome {
  /** null: it was not run, or its end was not told. */
  exit_code: number | null;
  /** What the model read last of it. */
  output: string;
}

/** The model, and what it has learnt of each step. */
export interface Model extends Disposable {
  server: ModelServer;
  outcomes: StepOutcome[];
}

/** @param steps shell lines; it goes on with the next one whatever became of the one before */
export async function startModel(steps: string[], more: object): Promise<Model> {
  const outcomes: StepOutcome[] = [];
  let issued = 0;
  const server = await startModelServer((request, index) => {
    if (!request.path.endsWith("/responses")) return { status: 404, body: {} };
    const output = lastOutput(request);
    const session = issued > 0 ? output?.match(/session ID (\d+)/)?.[1] : undefined;
    if (session !== undefined) {
      const waiting = { session_id: Number(session), chars: "", yield_time_ms: PATIENCE_MS };
      return respond(call("write_stdin", waiting, `c${index}`));
    }
    if (issued > 0 && outcomes.length < issued) {
      const code = output?.match(/exited with code (\d+)/)?.[1];
      outcomes.push({ exit_code: code === undefined ? null : Number(code), output: output ?? "" });
    }
    const cmd = steps[issued++];
    return respond(cmd === undefined ? say("done") : call("exec_command", { cmd, ...more }, `c${index}`));
  });
  return { server, outcomes, [Symbol.dispose]: () => server.stop() };
}

/** Text of the last answer to a call. */
function lastOutput(request: RecordedRequest): string | null {
  const { input = [] } = request.body as { input?: { type?: string; output?: unknown }[] };
  const output = input.findLast(({ type }) => type === "function_call_output")?.output;
  return output === undefined ? null : typeof output === "string" ? output : JSON.stringify(output);
}
