import { bufferOf } from "../../composer/buffer.ts";
import { cleared } from "../../composer/composer.ts";
import { chosenCommand, completed, leftMenu, movedMenu } from "../menu.ts";
import type { AppState, Step } from "../state.ts";
import { step } from "../step.ts";
import { sendComposed } from "../submit.ts";

/** A key while a menu is open; null: it is for the composer. */
export function menuKey(state: AppState, action: string | undefined): Step | null {
  switch (action) {
    case "menu-up":
      return step(movedMenu(state, -1));
    case "menu-down":
      return step(movedMenu(state, 1));
    case "menu-leave":
      return step(leftMenu(state));
    case "menu-complete":
      return nothingFound(state) ? null : step(completed(state));
    case "menu-take":
      return nothingFound(state) ? null : take(state);
    default:
      return null;
  }
}

const nothingFound = ({ menu }: AppState) => menu?.kind === "file" && menu.files.length === 0;

/** A command that needs no more words is sent at once. */
function take(state: AppState): Step {
  const command = chosenCommand(state);
  if (command === null || (command.usage !== undefined && !command.usage.startsWith("[")))
    return step(completed(state));
  const line = bufferOf(`/${command.name}`);
  return sendComposed({ ...state, menu: null, composer: { ...cleared(state.composer), ...line } });
}
