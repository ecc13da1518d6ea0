export { commandNames, findCommand } from "./commands.ts";
export { complete } from "./complete.ts";
export type { AppThread, AppTools, Mode, StartResult } from "./contract.ts";
export type { AppControl } from "./control.ts";
export { PromptHistory } from "./history.ts";
export { offersPlan } from "./plan.ts";
export { answerPrompt, decisionFor, lettersOf, questionLines, readAnswer } from "./question.ts";
export { inputAnswer, inputLines, inputPrompt, readInput } from "./user-input.ts";
