import { type Event, promptText } from "../protocol/index.ts";
import type { HeldCommand } from "./contract.ts";

/** Whose turns are told of. */
interface NotifyContext {
  thread_id: string;
  /** Absolute. */
  cwd: string;
  /** What the program finds in its environment. */
  env: Record<string, string>;
  stderr(text: string): void;
}

/**
 * Runs the `notify` program after each completed turn, with the JSON of the Codex CLI as its last argument. It runs outside
 * the sandbox as the user's own program; nobody waits for it, and what it prints is dropped.
 */
export function createNotifier(command: HeldCommand, context: NotifyContext): (event: Event) => void {
  let said: string[] = [];
  let last: string | null = null;
  return (event) => {
    if (event.type === "turn.started") [said, last] = [[], null];
    if (event.type === "history.added") {
      const text = promptText(event.item);
      if (text !== null) said.push(text);
    }
    if (event.type === "item.completed" && event.item.type === "agent_message") last = event.item.text;
    if (event.type === "turn.completed") start(command, notification(event.turn_id, said, last, context), context);
  };
}

/** Names and spelling are those of the Codex CLI (`notify` in its config reference). */
function notification(turn_id: string, said: string[], last: string | null, { thread_id, cwd }: NotifyContext) {
  return {
    type: "agent-turn-complete",
    "thread-id": thread_id,
    "turn-id": turn_id,
    cwd,
    client: "moat",
    "input-messages": said,
    "last-assistant-message": last,
  };
}

function start(command: HeldCommand, message: object, { cwd, env, stderr }: NotifyContext): void {
  const found = command.start(cwd);
  if (!found.ok) {
    stderr(`moat: notify: ${found.message}\n`);
    return;
  }
  try {
    const child = Bun.spawn([...found.argv, JSON.stringify(message)], {
      cwd,
      env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    child.unref();
  } catch (error) {
    stderr(`moat: notify: ${found.argv[0]} could not be run: ${(error as Error).message}\n`);
  }
}
