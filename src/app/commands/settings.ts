import { configuredNetwork, EFFORTS, type Effort, type Network } from "../../protocol/index.ts";
import type { AppControl } from "../control.ts";

/** `/model [NAME [EFFORT]]`: without words a list to choose from, where there is one. */
export async function setModel(control: AppControl, args: string): Promise<void> {
  const { thread, change, print, app, tools } = control;
  const [model, effort, ...more] = args.split(/\s+/).filter(Boolean);
  if (more.length > 0) print("/model takes a name and an effort");
  else if (model === undefined && app && tools.models) await pickModel(control);
  else if (model === undefined) {
    const { settings } = thread;
    print(`${settings.model}, effort ${settings.effort ?? "as the model has it"}. /model NAME [EFFORT] changes it.`);
  } else if (effort === undefined) change({ model });
  else if (isEffort(effort)) change({ model, effort });
  else print(`there is no effort ${effort}: use ${EFFORTS.join(", ")}. Nothing was changed.`);
}

const isEffort = (word: string): word is Effort => EFFORTS.some((known) => known === word);

async function pickModel({ tools, app, change, print, thread, signal }: AppControl): Promise<void> {
  const listed = await tools.models?.(signal);
  if (!listed || !app) return;
  if (!listed.ok) {
    print(`${listed.message}. /model NAME [EFFORT] takes any name.`);
    return;
  }
  const model = await app.pick("Model", listed.rows);
  if (model === null) return;
  const own = thread.settings.effort ?? "as the model has it";
  const efforts = EFFORTS.map((name) => ({ id: name, name, description: "" }));
  const effort = await app.pick("How hard it thinks", [{ id: "", name: "as it is", description: own }, ...efforts]);
  if (effort === null) return;
  change(isEffort(effort) ? { model, effort } : { model });
}

/** `/approvals [MODE]` */
export function setMode({ thread, modes, change, print }: AppControl, args: string): void {
  const mode = Object.hasOwn(modes, args) ? modes[args] : undefined;
  if (mode) {
    const { summary, ...changes } = mode;
    change(changes);
    print(`${args}: ${summary}`);
    return;
  }
  const rows = Object.entries(modes).map(([name, { summary, ...settings }]) => {
    const current = Object.entries(settings).every(
      ([key, value]) => thread.settings[key as keyof typeof settings] === value,
    );
    return `${current ? "*" : " "} ${name.padEnd(16)}${summary}`;
  });
  const head = args === "" ? [] : [`there is no mode ${args}`];
  print([...head, ...rows].join("\n"));
}

function networkWord(network: Network): string {
  if (typeof network === "string") return network === "full" ? "on" : "off";
  return network.hosts.join(", ");
}

/** `/sandbox`: what was asked for, and what the kernel really enforced for the last command. */
export function showSandbox({ thread, transcript, print }: AppControl): void {
  const { sandbox_mode, sandbox_workspace_write: more } = thread.settings;
  const { report } = transcript;
  const asked =
    sandbox_mode === "workspace-write"
      ? `${sandbox_mode}, network ${networkWord(configuredNetwork(more))}`
      : sandbox_mode;
  const facts = report ? Object.entries(report).map(([name, value]) => `  ${name.padEnd(15)}${value}`) : [];
  print(
    [
      `asked for: ${asked}`,
      report ? "enforced for the last command:" : "no command has run yet; `moat sandbox doctor` tries what holds here",
      ...facts,
    ].join("\n"),
  );
}
