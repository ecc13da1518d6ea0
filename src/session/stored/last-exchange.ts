import { promptText } from "../../protocol/index.ts";
import { oneLine } from "../one-line.ts";
import { Rollout } from "../read.ts";

/** What was said last in a thread, each on one line; null: nothing was. */
export interface LastExchange {
  said: string | null;
  answer: string | null;
}

/** Characters of each that are kept: some lines of a wide window. */
const LENGTH = 400;

/** Reads the end of a thread, as far back as the last thing that a person said. `path`: of the rollout. */
export function lastExchange(path: string): LastExchange {
  const rollout = Rollout.of(path);
  let answer: string | null = null;
  for (const line of [...rollout.lines].reverse()) {
    const { type } = line;
    if (type !== "item.completed" && type !== "history.added") continue;
    const event = rollout.event(line);
    if (event?.type === "item.completed" && event.item.type === "agent_message" && answer === null)
      answer = oneLine(event.item.text, LENGTH);
    const said = event?.type === "history.added" ? promptText(event.item) : null;
    if (said !== null) return { said: oneLine(said, LENGTH), answer };
  }
  return { said: null, answer };
}
