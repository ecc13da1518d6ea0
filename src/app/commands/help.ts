import type { SlashCommand } from "./command.ts";

const NOTES = {
  app: ["A dot does the same as the slash: .help. ? shows the keys."],
  repl: [
    "A dot does the same as the slash: .help. Tab completes commands and @files.",
    "While a turn runs: what you type is told to the model, Ctrl-C interrupts, twice quickly quits.",
  ],
};

/** The commands of a front end as a list. */
export function helpText(commands: readonly SlashCommand[], front: "app" | "repl"): string {
  const rows = commands.map(({ name, aliases, usage, summary }) => {
    const names = [name, ...(aliases ?? [])].map((word) => `/${word}`).join(", ");
    return [usage ? `${names} ${usage}` : names, summary] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`), ...NOTES[front]].join("\n");
}
