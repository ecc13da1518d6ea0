import { duration } from "../../view/index.ts";
import type { AppControl } from "../control.ts";

/** `/ps [stop N|all]`: what runs on beside the conversation. */
export function runningCommand({ thread, print }: AppControl, args: string): void {
  print(done(thread, args));
}

function done(thread: AppControl["thread"], args: string): string {
  const programs = thread.running_programs;
  const [verb = "", which = ""] = args.split(/\s+/);
  if (verb === "") {
    const now = thread.parts.services.now();
    const lines = programs.map(({ id, command, since }) => `${id}  ${duration(now - since)}  ${command}`);
    return [...lines, lines.length === 0 ? "nothing runs on" : "/ps stop N ends one, /ps stop all all of them"].join(
      "\n",
    );
  }
  const meant = programs.filter(({ id }) => which === "all" || String(id) === which);
  if (verb !== "stop" || which === "") return "/ps takes nothing, or stop with a number or all";
  if (meant.length === 0) return `nothing that runs has the number ${which}`;
  for (const { stop } of meant) stop();
  return `stopped: ${meant.map(({ id }) => id).join(", ")}`;
}
