import { join } from "node:path";
import type { UserInputAnswer, UserInputRequest } from "../../protocol/index.ts";
import type { ToolContext, World } from "../../tools/index.ts";
import { countCommand } from "../budget.ts";
import type { ItemLife } from "../item-life.ts";
import { inPlan } from "../plan-mode.ts";
import type { Part } from "../state.ts";
import { askId } from "./approvals.ts";
import type { StartedCall } from "./call.ts";
import { askChild, type ParentThread } from "./child.ts";
import { type Confinement, holdPlaces } from "./confinement.ts";
import { type JudgingThread, judge } from "./judge.ts";
import { startLive } from "./live-command.ts";
import { type RunningThread, runCommand, startProgram } from "./run-command.ts";

/** All that calls need of their thread. */
export type CallingThread = JudgingThread & RunningThread & ParentThread & Part<"budget" | "openAgents">;

/** What a call may use while it runs, under what was judged. */
export function callContext(state: CallingThread, call: StartedCall, signal: AbortSignal): ToolContext {
  const { made, item, shown } = call;
  // The call may have waited for a person, or for its neighbours.
  holdPlaces(state, call.permit);
  let asked = 0;
  return {
    ...worldOf(state, call, item, signal),
    cwd: call.cwd,
    update: (body) => shown.show(body),
    complete: (body) => shown.close(body),
    async ask(effect) {
      const question = { question: askId(made, ++asked), effect, hook: null, editable: false };
      const judged = await judge(state, question, signal);
      if (judged.ok === "edited") throw new Error("a question without that choice was answered with another command");
      if (!judged.ok) return judged;
      countCommand(state, effect);
      return { ok: true, ...worldOf(state, judged.confinement, item, signal) };
    },
    keep: (paths) => state.files.keep(item.id, paths),
    input: (questions) => askPerson(state, { call_id: made.call_id, questions }, signal),
    ownCommand: (name) => {
      const directory = state.services.ownCommands();
      return directory && join(directory, name);
    },
    open_files: state.services.open_files,
    sessions: state.lasting.sessions,
    agents: () => state.openAgents(),
    plan_mode: inPlan(state.settings),
    child: (task) => askChild(state, task, signal),
    state_dir: join(state.services.moat_home, "journal"),
    now: state.services.now,
    signal,
  };
}

/** Puts the model's questions to the person, as often as the call is made: nothing of them was done before. */
async function askPerson(
  state: CallingThread,
  request: UserInputRequest,
  signal: AbortSignal,
): Promise<UserInputAnswer> {
  const waiting = state.permissions.inputs.ask(request.call_id, signal);
  state.emit({ type: "user_input.requested", request });
  const answer = known(await waiting, request);
  state.emit({ type: "user_input.resolved", call_id: request.call_id, answer });
  if (answer.type === "abort") state.interrupt();
  return answer;
}

/** Without answers to what was not asked; without any, the person passed over all of it. */
function known(answer: UserInputAnswer, { questions }: UserInputRequest): UserInputAnswer {
  if (answer.type !== "answered") return answer;
  const given = questions.flatMap(({ id }) => {
    const said = Object.hasOwn(answer.answers, id) ? answer.answers[id] : undefined;
    return said && said.answers.length > 0 ? [[id, said] as const] : [];
  });
  return given.length > 0 ? { type: "answered", answers: Object.fromEntries(given) } : { type: "declined" };
}

function worldOf(state: RunningThread, confinement: Confinement, item: ItemLife, signal: AbortSignal): World {
  const { policy } = confinement;
  const full = policy.mode === "danger-full-access" || policy.mode === "external";
  return {
    run: (command) => runCommand(state, confinement, item.id, command, signal),
    start: (program) => startProgram(state, confinement, item.id, program),
    startLive: (command) => startLive(state, confinement, item.id, command),
    writable: full ? { roots: ["/"], protected: [] } : { roots: policy.writable, protected: policy.protected },
    hidden: policy.hidden,
  };
}
