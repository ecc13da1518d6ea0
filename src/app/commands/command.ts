import type { AppControl, AppPart } from "../control.ts";

/** A command of a front end. Help, menus, completion, docs and the dot-commands come from the table of them. */
export interface SlashCommand {
  name: string;
  aliases?: string[];
  usage?: string;
  summary: string;
  /** It may be used while a turn runs. */
  while_working?: boolean;
  /** After some work it ends in another thread: what is sent meanwhile is for that one. */
  leads_on?: boolean;
  /** It is about the screen of the app; the repl says so. */
  app_only?: boolean;
  run(control: AppControl, args: string): void | Promise<void>;
}

/** A command that only the app has. */
export function inApp(
  row: Omit<SlashCommand, "run" | "app_only">,
  run: (app: AppPart, args: string, control: AppControl) => void | Promise<void>,
): SlashCommand {
  return {
    ...row,
    app_only: true,
    run: (control, args) =>
      control.app ? run(control.app, args, control) : control.print(`/${row.name} is a command of the app: moat tui`),
  };
}
