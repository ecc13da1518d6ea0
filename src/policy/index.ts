export { ruleFor } from "./choices.ts";
export { type DecisionInput, decide, decideAfterDenial, type Ruling } from "./decide.ts";
export type { Verdict } from "./finding.ts";
export { type Judgement, judgeCommand, type Segment } from "./judge.ts";
export { type Granular, MODES, type Mode, type ModeName } from "./modes.ts";
export type { Permit, SessionGrant } from "./permit.ts";
export { NO_RULES, type Rules } from "./rules/rules.ts";
