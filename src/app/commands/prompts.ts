import type { AppControl } from "../control.ts";

/** Prompts that `/history` shows. */
const SHOWN_PROMPTS = 20;

export function showHistory({ prompts, print }: AppControl): void {
  const shown = prompts.latest().slice(0, SHOWN_PROMPTS).reverse();
  print(
    shown.length === 0 ? "nothing was typed yet" : shown.map((text) => `  ${text.replaceAll("\n", " ")}`).join("\n"),
  );
}

export function attachImage({ attach, print }: AppControl, args: string): void {
  if (args === "") print("/image needs a file");
  else {
    attach(args);
    print(`${args} goes with the next message`);
  }
}

/** `/init`: the model drafts an AGENTS.md, which is shown before it is saved. */
export async function initInstructions({ tools, print, confirm, signal }: AppControl): Promise<void> {
  const drafted = await tools.draftInstructions(print, signal);
  if (!drafted.ok) {
    print(drafted.message);
    return;
  }
  const { path, diff, save } = drafted.draft;
  print(diff === "" ? `${path} stays as it is` : diff);
  if (diff === "") return;
  const wanted = await confirm(`Write ${path}?`);
  if (wanted) save();
  print(wanted ? `wrote ${path}` : "nothing was written");
}

/** `/review [WHAT]`: a turn that reads a change and reports what is wrong with it. */
export function review({ tools, say, print }: AppControl, args: string): void {
  if (tools.reviewPrompt) say(tools.reviewPrompt(args));
  else print("this front end cannot review: moat review --uncommitted");
}
