import type { Op } from "../../protocol/index.ts";
import type { AppControl } from "../control.ts";
import type { SaidMessage } from "../past/said.ts";
import { NOT_YET } from "../state/waiting.ts";

/** `/undo [N] [force]` */
export async function undoCommand(control: AppControl, args: string): Promise<void> {
  const words = args.split(/\s+/).filter((word) => word !== "");
  const force = words.includes("force");
  const [number = "1", ...rest] = words.filter((word) => word !== "force");
  if (!/^[1-9]\d{0,8}$/.test(number) || rest.length > 0)
    return control.print("/undo takes how many turns, and `force`: /undo, /undo 2, /undo force");
  const turns = Number(number);
  if (await agreed(control, { kind: "undo", target: { turns }, force }))
    control.restore({ type: "undo", turns, force });
}

/** `/redo [force]` */
export async function redoCommand(control: AppControl, args: string): Promise<void> {
  if (args !== "" && args !== "force") return control.print("/redo takes nothing, or `force`");
  const force = args === "force";
  if (await agreed(control, { kind: "redo", force })) control.restore({ type: "redo", force });
}

/** Shows what would be done, and asks. */
async function agreed(
  { tools, thread, print, confirm }: AppControl,
  asked: Parameters<NonNullable<AppControl["tools"]["restorePlan"]>>[1],
): Promise<boolean> {
  const plan = await tools.restorePlan?.(thread, asked);
  if (!plan) {
    print("this front end has no undo: moat undo");
    return false;
  }
  print(plan.text);
  return plan.ok && confirm(plan.question);
}

/** `/rewind [N]`: a copy of the thread as it was before message N, with the files as they were then, or without. */
export async function rewindCommand(control: AppControl, args: string): Promise<void> {
  const { print, thread, tools, switchThread } = control;
  const { transcript_path } = thread.parts.services;
  if (transcript_path === null || !tools.fork) return print("this thread is not kept, so that there is no way back");
  const said = control.said();
  if (said === null) return print(NOT_YET);
  const number = args === "" ? await whichMessage(control, said) : Number(args);
  if (number === null) return;
  const chosen = said[number - 1];
  if (!chosen) return print(`/rewind takes the number of a message, 1 to ${said.length}`);
  if (chosen.turn_id !== null && chosen.changed && !(await filesToo(control, chosen.turn_id))) return;
  const made = await tools.fork(transcript_path, said.length + 1 - number);
  if (!made.ok) return print(made.message);
  await switchThread(made.thread_id);
  print(made.text);
}

async function whichMessage({ app, print }: AppControl, said: readonly SaidMessage[]): Promise<number | null> {
  const rows = said.map(({ text }, index) => ({
    id: String(index + 1),
    name: `${index + 1}  ${text.replace(/\s*\n\s*/g, " ").trim()}`,
    description: "",
  }));
  if (app) {
    const id = await app.pick("Go back to before", rows.reverse());
    return id === null ? null : Number(id);
  }
  print([...rows.map(({ name }) => name), "/rewind N goes back to before message N"].join("\n"));
  return null;
}

/** Asks whether the files go back, too, and puts them back. False: the person left, or it did not work. */
async function filesToo(control: AppControl, turn_id: string): Promise<boolean> {
  const { app, confirm } = control;
  const rows = [
    { id: "both", name: "The conversation and the files", description: "as they were before that message" },
    { id: "talk", name: "The conversation alone", description: "files stay as they are" },
  ];
  const answer = app
    ? await app.pick("What goes back?", rows)
    : (await confirm("Put the files back as well, as they were before that message?"))
      ? "both"
      : "talk";
  if (answer === null) return false;
  if (answer === "talk") return true;
  if (!(await agreed(control, { kind: "undo", target: { to: turn_id }, force: false }))) return false;
  return done(control, { type: "undo", to: turn_id });
}

/** Does it, and waits until it is done. */
async function done({ thread, restore, signal }: AppControl, op: Extract<Op, { type: "undo" }>): Promise<boolean> {
  const events = thread.read();
  restore(op);
  for await (const event of events) {
    if (event.type === "files.restored") return true;
    if (event.type === "error" || signal.aborted) return false;
  }
  return false;
}
