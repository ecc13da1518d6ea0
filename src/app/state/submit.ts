import type { InputPart } from "../../protocol/index.ts";
import { findCommand } from "../commands/table.ts";
import { cleared } from "../composer/composer.ts";
import { expanded, partsOf } from "../composer/placeholders.ts";
import type { AppEffect } from "./effect.ts";
import { giveBack } from "./give-back.ts";
import type { AppState, Step } from "./state.ts";
import { step, withConversation } from "./step.ts";
import { NOT_YET, waitingOf } from "./waiting.ts";

/** Enter: a command, a shell command, or something for the model, which is told at once while a turn runs. */
export function sendComposed(state: AppState): Step {
  const { text, attached } = state.composer;
  if (text.trim() === "") return step(state);
  // A message waits for the thread; the rest cannot be taken back once it is said.
  if (state.opening && (text.startsWith("!") || findCommand(text) !== null)) return step({ ...state, hint: NOT_YET });
  if (text.startsWith("!") && leadsOn(state)) return step({ ...state, hint: stillRuns(state) });
  if (/^!\s*\S/.test(text)) return runShell(state, expanded(text, attached).slice(1).trim());
  const called = findCommand(text, state.conversation.prompt_files);
  if (called !== null) return call(state, called);
  if (state.opening || leadsOn(state)) return wait(state, "after");
  return state.conversation.busy ? wait(state, "now") : begin(state);
}

const stillRuns = ({ command }: AppState) => `/${command} still runs; Ctrl-C stops it`;

/** A command runs that ends in another thread. */
function leadsOn({ command }: AppState): boolean {
  const found = command === null ? null : findCommand(`/${command}`);
  return found !== null && !("unknown" in found) && found.command.leads_on === true;
}

/** A command has ended. Where it led to no other thread, what was sent for that one is written again: a person looks at it first. */
export function commandEnded(state: AppState): AppState {
  const ended = { ...state, command: null };
  return leadsOn(state) && !state.opening ? giveBack(ended, "all") : ended;
}

/** Tab while a turn runs: sent once it is over. */
export function queue(state: AppState): Step {
  const { text } = state.composer;
  if (!state.conversation.busy || text.trim() === "") return step(state);
  return findCommand(text, state.conversation.prompt_files) === null && !text.startsWith("!")
    ? wait(state, "after")
    : sendComposed(state);
}

/** What was written is kept among the prompts, and the composer is empty. */
function sent(state: AppState, ...effects: AppEffect[]): Step {
  const { composer } = state;
  const text = expanded(composer.text, composer.attached);
  const prompts = [text, ...state.prompts.filter((other) => other !== text)];
  const { side } = state.conversation;
  // What is said next has nothing to do with what was asked beside it.
  const conversation = side?.done ? { ...state.conversation, side: null } : state.conversation;
  return step({ ...state, conversation, prompts, composer: cleared(composer), anchor: null }, ...effects, {
    type: "remember",
    text,
  });
}

function begin(state: AppState): Step {
  const input = partsOf(state.composer.text, state.composer.attached);
  return sent(withConversation(state, { busy: true }), startTurn(input));
}

export const startTurn = (input: InputPart[]): AppEffect => ({ type: "submit", op: { type: "user_turn", input } });

function wait(state: AppState, when: "now" | "after"): Step {
  const { composer, conversation } = state;
  const waiting = [...conversation.waiting, waitingOf(composer, when)];
  const next = withConversation(state, { waiting });
  if (when === "after") return sent(next);
  const input = partsOf(composer.text, composer.attached);
  return sent(next, { type: "submit", op: { type: "steer", input } });
}

function call(state: AppState, called: NonNullable<ReturnType<typeof findCommand>>): Step {
  const told = (hint: string) => step({ ...state, hint });
  if ("unknown" in called) return told(`there is no command /${called.unknown}; / lists them`);
  const { command, args } = called;
  if (state.command !== null) return told(stillRuns(state));
  if (state.conversation.busy && !command.while_working)
    return told(`/${command.name} has to wait for the turn; Esc interrupts it`);
  return sent({ ...state, command: command.name }, { type: "command", name: command.name, args });
}

function runShell(state: AppState, command: string): Step {
  return sent(withConversation(state, { busy: true }), { type: "submit", op: { type: "user_command", command } });
}
