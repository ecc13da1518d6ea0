import type { AppControl } from "../control.ts";

/** `/resume [THREAD]`: without a word a list to choose from, where there is one. */
export async function resumeCommand(
  { switchThread, print, app, tools, thread }: AppControl,
  args: string,
): Promise<void> {
  if (args !== "") return switchThread(args);
  if (!app || !tools.threads) return print("/resume needs an id or a name");
  const rows = (await tools.threads()).filter(({ id }) => id !== thread.thread_id);
  if (rows.length === 0) return print("there is no other thread");
  const id = await app.pick("Go on with", rows, true);
  if (id !== null) await switchThread(id);
}

/** `/export [FILE]` */
export async function exportCommand({ tools, thread, print }: AppControl, args: string): Promise<void> {
  const { transcript_path } = thread.parts.services;
  if (!tools.exportThread) return print("this front end cannot export: moat threads export");
  if (transcript_path === null) return print("this thread is not kept: there is nothing to export");
  print(await tools.exportThread(transcript_path, args === "" ? `moat-${thread.thread_id}.md` : args));
}
