import { contextText, type Transcript } from "../../view/index.ts";
import type { AppControl } from "../control.ts";

/** `/plan`: goes into plan mode; with `go`, `new` and `off` out of it. */
export async function planCommand(control: AppControl, args: string): Promise<void> {
  const { print, transcript, carryOut } = control;
  const plan = transcript.proposed_plan;
  if (args === "") return enter(control);
  if (args === "off") return leave(control);
  if (args !== "go" && args !== "new") return print("/plan takes nothing, go, new or off");
  if (plan === null) return print("there is no plan yet: say what is to be planned, in plan mode");
  await carryOut(plan, args === "go" ? "here" : "clean");
}

/** A turn that completed ended with a plan: a person is asked what becomes of it. */
export function offersPlan({ entries }: Transcript): boolean {
  const last = entries.at(-2);
  return last?.type === "item" && last.item.type === "plan";
}

async function enter({ thread, change, print, confirm }: AppControl): Promise<void> {
  if (thread.settings.after_plan !== undefined) return print(`already: ${contextText(thread.settings)}`);
  const running = thread.running_programs.length;
  const what = running === 1 ? "1 program runs on" : `${running} programs run on`;
  if (running > 0 && !(await confirm(`${what}, and plan mode stops what may write. Stop?`))) return;
  change({ plan: true });
  print("plan mode: nothing can be written, and nobody is asked; the model ends with a plan. /plan off leaves it");
}

function leave({ thread, change, print }: AppControl): void {
  if (thread.settings.after_plan === undefined) print("this is not plan mode");
  else change({ plan: false });
}
