export { blankStart } from "./blank-start.ts";
export { offersPlan } from "./commands/plan.ts";
export { promptNames } from "./commands/prompt-files.ts";
export { commandNames, findCommand } from "./commands/table.ts";
export { complete } from "./complete.ts";
export type { AppMode as Mode, AppThread, AppTools, StartResult } from "./contract.ts";
export type { AppControl } from "./control.ts";
export { PromptHistory } from "./history.ts";
export { keymapOf } from "./keymap/keymap.ts";
export type { Kit } from "./kit.ts";
export type { PastSource } from "./past/past.ts";
export { saidIn } from "./past/said.ts";
export type { TokenPrice as Price } from "./price.ts";
export { answerPrompt, decisionFor, lettersOf, questionLines, readAnswer } from "./question.ts";
export type { AppOptions, Opening } from "./run/options.ts";
export { runApp } from "./run/run.ts";
export { AppTerminal } from "./run/terminal.ts";
export type { AppEffect, ThreadTarget } from "./state/effect.ts";
export type { AppInput, InputBody, OpenedThread, PickRow } from "./state/input.ts";
export type { AppStart } from "./state/start.ts";
export type { AppState, Step } from "./state/state.ts";
export { inputAnswer, inputLines, inputPrompt, readInput } from "./user-input.ts";

/** The list of files that the menu after `@` searches; loaded with the first search. */
export const loadFileFinder = () => import("./files/finder.ts");
