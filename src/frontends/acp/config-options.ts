import type { SessionConfigOption, SessionMode, SessionModeState } from "@agentclientprotocol/sdk";
import { changesFor, type ModeName, modeOf } from "../../app/state/mode.ts";
import { EFFORTS, type Effort, type SettingsChange, type TurnContext } from "../../protocol/index.ts";

const MODES: (SessionMode & { id: ModeName })[] = [
  {
    id: "auto",
    name: "Auto",
    description: "Works in the workspace, confined; asks before anything beyond it.",
  },
  { id: "ask", name: "Ask", description: "Asks before every patch and every command that does more than read." },
  { id: "plan", name: "Plan", description: "Only reads, and ends with a plan." },
];

/** Settings that are none of the modes have a name of their own, which cannot be chosen. */
const CUSTOM = "custom";

/** The modes, and which of them these settings are. */
export function modesOf(context: TurnContext): SessionModeState {
  const currentModeId = modeOf(context);
  const { sandbox_mode, approval_policy } = context;
  const custom = {
    id: CUSTOM,
    name: "As configured",
    description: `Sandbox ${sandbox_mode}, approval policy ${approval_policy}.`,
  };
  return { currentModeId, availableModes: currentModeId === CUSTOM ? [...MODES, custom] : MODES };
}

/** The change that a mode is; null: there is no such mode. `custom` changes nothing where it is the current one. */
export function modeChange(id: string, context: TurnContext): SettingsChange | null {
  if (id === CUSTOM && modeOf(context) === CUSTOM) return {};
  const mode = MODES.find((one) => one.id === id);
  return mode ? changesFor(mode.id) : null;
}

/** A model that can be chosen. */
export interface ModelChoice {
  id: string;
  description: string;
}

/** Of a model that decides itself how hard it thinks. */
const DEFAULT_EFFORT = "default";

/** Mode, model and effort as the editor lets people choose them. */
export function configOptions(context: TurnContext, models: readonly ModelChoice[]): SessionConfigOption[] {
  const { model, effort } = context;
  const { currentModeId, availableModes } = modesOf(context);
  const known = models.some(({ id }) => id === model) ? models : [{ id: model, description: "" }, ...models];
  const efforts = [...(effort === null ? [DEFAULT_EFFORT] : []), ...EFFORTS];
  return [
    {
      type: "select",
      id: "mode",
      name: "Mode",
      category: "mode",
      currentValue: currentModeId,
      options: availableModes.map(({ id, name, description }) => ({ value: id, name, description })),
    },
    {
      type: "select",
      id: "model",
      name: "Model",
      category: "model",
      currentValue: model,
      options: known.map(({ id, description }) => ({ value: id, name: id, ...(description ? { description } : {}) })),
    },
    {
      type: "select",
      id: "effort",
      name: "Effort",
      category: "thought_level",
      currentValue: effort ?? DEFAULT_EFFORT,
      options: efforts.map((value) => ({ value, name: value })),
    },
  ];
}

/** The change that a choice is, or why it is none. */
export function optionChange(
  id: string,
  value: string | boolean,
  context: TurnContext,
): { ok: true; changes: SettingsChange } | { ok: false; message: string } {
  if (typeof value !== "string" || value === "") return { ok: false, message: `${id} takes a text` };
  if (id === "model") return { ok: true, changes: { model: value } };
  if (id === "mode") {
    const changes = modeChange(value, context);
    return changes ? { ok: true, changes } : { ok: false, message: `there is no mode ${value}` };
  }
  if (id !== "effort") return { ok: false, message: `there is no option ${id}` };
  if (value === DEFAULT_EFFORT && context.effort === null) return { ok: true, changes: {} };
  return isEffort(value)
    ? { ok: true, changes: { effort: value } }
    : { ok: false, message: `there is no effort ${value}: use ${EFFORTS.join(", ")}` };
}

const isEffort = (value: string): value is Effort => EFFORTS.some((one) => one === value);
