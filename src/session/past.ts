import type { Event } from "../protocol/index.ts";
import { Rollout } from "./read.ts";

/** In the line of every message that a person said. */
const BY_USER = '"role":"user"';

/**
 * What happened in a stored thread, as its events told it: what a person was shown, and what a person said. What the model alone
 * got is left out. Read while it is iterated over; damage is left out. Throws when there is no file.
 */
export function* pastEvents(path: string): Generator<Event> {
  const rollout = Rollout.of(path);
  for (const line of rollout.lines) {
    if (line.type === "thread.named") continue;
    if (line.type === "history.added" && !line.text().includes(BY_USER)) continue;
    const event = rollout.event(line);
    if (event !== null && event.type !== "thread.named") yield event;
  }
}
