import { filledPrompt } from "../../config/index.ts";
import type { AppThread, AppTools } from "../contract.ts";
import type { AppControl } from "../control.ts";

/** `/prompt [NAME WORDS]`: says what a prompt file has, with its arguments; without a name it lists them. */
export function promptCommand(control: AppControl, args: string): void {
  const [, name = "", words = ""] = /^(\S*)\s*([\s\S]*)$/.exec(args) ?? [];
  const files = control.tools.promptFiles?.(control.facts) ?? [];
  if (name === "") {
    const lines = files.map(({ name: known, usage, description }) =>
      [`/${known}`, usage, description].filter((part) => part !== "").join("  "),
    );
    control.print(
      lines.length === 0 ? "there are no prompt files; docs/agents.md says where they lie" : lines.join("\n"),
    );
    return;
  }
  const file = files.find((one) => one.name === name);
  if (file) control.say(filledPrompt(file, words));
  else control.print(`there is no prompt file ${name}; /prompt lists them`);
}

/** `/skills`: folders of instructions that the model can open, and kinds of agents that it can start. */
export function skillsCommand({ thread, print }: AppControl): void {
  const { skills, agents } = thread.settings;
  const lines = [
    ...skills.map(({ name, description, file }) => `$${name}  ${description}  ${file}`),
    ...agents.map(({ name, description }) => `agent ${name}  ${description}`),
  ];
  print(
    lines.length === 0 ? "there are no skills and no agents; docs/agents.md says where they lie" : lines.join("\n"),
  );
}

/** Names of the prompt files that are there for a thread. */
export function promptNames(facts: AppThread["facts"], tools: AppTools): ReadonlySet<string> {
  return new Set((tools.promptFiles?.(facts) ?? []).map(({ name }) => name));
}
