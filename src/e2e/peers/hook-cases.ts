// What the published programs do with a hook, and where moat does something else. `real.test.ts` asks the programs again.

/** What came of one prompt, `go`, whose first answer is a call that runs a command. */
export interface HookAnswer {
  exit: number;
  /** Requests to the model. */
  requests: number;
  /** The command ran. */
  ran: boolean;
  /** WORDS, which the hook said, are in the last request. */
  told: boolean;
  /** So is PRINTED, which the command printed. */
  output: boolean;
  /** The fields of the event's own that the hook read; null: it did not run. */
  read: Record<string, unknown> | null;
}

export interface HookCase {
  name: string;
  event: string;
  matcher?: string;
  /** A shell line; it is run after its input was kept. */
  hook: string;
  /** What the model runs; it leaves a file as well. */
  command: string;
  claude: HookAnswer;
  codex: HookAnswer;
  /** What moat does otherwise, in hooks of either form, and why. */
  moat?: { claude?: Partial<HookAnswer>; codex?: Partial<HookAnswer>; why: string };
}

/** Of what a hook reads, what is asked about. */
export const READ = ["tool_response", "error", "is_interrupt", "reason", "stop_hook_active"];

/** The word itself is not in the command, so that it is only found where its output is. */
const PRINTS = "echo PRI''NTED";

const prints = (value: object) => `printf '%s' '${JSON.stringify(value)}'`;
const says = (hookEventName: string, fields: object) => prints({ hookSpecificOutput: { hookEventName, ...fields } });
const refuses = 'echo "WORDS" >&2; exit 2';
const once = 'test -e "$HOME/once" && exit 0; touch "$HOME/once"; echo "WORDS" >&2; exit 2';
const object = (stdout: string) => ({
  tool_response: { stdout, stderr: "", interrupted: false, isImage: false, noOutputExpected: false },
});

const usual = { exit: 0, requests: 2, ran: true, told: false, output: true };
const notSent = { exit: 0, requests: 0, ran: false, told: false, output: false, read: {} };

export const HOOK_CASES: HookCase[] = [
  {
    name: "what a command gave",
    event: "PostToolUse",
    hook: "true",
    command: `${PRINTS}; echo err >&2`,
    claude: { ...usual, read: object("PRINTED\nerr") },
    codex: { ...usual, read: { tool_response: "PRINTED\nerr\n" } },
  },
  {
    name: "what a command gave that failed",
    event: "PostToolUse",
    hook: "true",
    command: `${PRINTS}; exit 3`,
    claude: { ...usual, read: null },
    codex: { ...usual, read: { tool_response: "PRINTED\n" } },
  },
  {
    name: "that it failed",
    event: "PostToolUseFailure",
    hook: refuses,
    command: `${PRINTS}; exit 3`,
    claude: { ...usual, told: true, read: { error: "Exit code 3\nPRINTED", is_interrupt: false } },
    codex: { ...usual, read: null },
    moat: {
      codex: { told: true, read: { error: "Exit code 3\nPRINTED", is_interrupt: false } },
      why: "codex has no such event",
    },
  },
  {
    name: "an objection to what a command gave",
    event: "PostToolUse",
    hook: refuses,
    command: PRINTS,
    claude: { ...usual, told: true, read: object("PRINTED") },
    codex: { ...usual, told: true, output: false, read: { tool_response: "PRINTED\n" } },
    moat: { codex: { output: true }, why: "an objection takes nothing away from the model" },
  },
  {
    name: "more for the model after a command",
    event: "PostToolUse",
    hook: says("PostToolUse", { additionalContext: "WORDS" }),
    command: PRINTS,
    claude: { ...usual, told: true, read: object("PRINTED") },
    codex: { ...usual, told: true, read: { tool_response: "PRINTED\n" } },
  },
  {
    name: "a no, with its reason",
    event: "PreToolUse",
    hook: says("PreToolUse", { permissionDecision: "deny", permissionDecisionReason: "WORDS" }),
    command: PRINTS,
    claude: { ...usual, ran: false, output: false, told: true, read: {} },
    codex: { ...usual, ran: false, output: false, told: true, read: {} },
  },
  {
    name: "a no of a hook that then fails",
    event: "PreToolUse",
    hook: `${says("PreToolUse", { permissionDecision: "deny", permissionDecisionReason: "WORDS" })}; exit 1`,
    command: PRINTS,
    claude: { ...usual, ran: false, output: false, told: true, read: {} },
    codex: { ...usual, read: {} },
    moat: { codex: { ran: false, output: false, told: true }, why: "a no is a no" },
  },
  {
    name: "a question where nobody can be asked",
    event: "PreToolUse",
    hook: says("PreToolUse", { permissionDecision: "ask", permissionDecisionReason: "WORDS" }),
    command: PRINTS,
    claude: { ...usual, ran: false, output: false, told: true, read: {} },
    codex: { ...usual, read: {} },
    moat: { codex: { ran: false, output: false, told: true }, why: "codex runs what a hook wants asked about" },
  },
  {
    name: "a list of names",
    event: "PreToolUse",
    matcher: "Edit, Bash",
    hook: refuses,
    command: PRINTS,
    claude: { ...usual, ran: false, output: false, told: true, read: {} },
    codex: { ...usual, read: null },
    moat: {
      codex: { ran: false, output: false, told: true, read: {} },
      why: "a guard is not lost by how it is written",
    },
  },
  {
    name: "a prompt that is refused",
    event: "UserPromptSubmit",
    hook: refuses,
    command: PRINTS,
    claude: notSent,
    codex: notSent,
    moat: { claude: { exit: 1 }, codex: { exit: 1 }, why: "a script must see that nothing was done" },
  },
  {
    name: "a turn that is ended with the prompt",
    event: "UserPromptSubmit",
    hook: prints({ continue: false, stopReason: "WORDS" }),
    command: PRINTS,
    claude: notSent,
    codex: notSent,
    moat: { claude: { exit: 1 }, codex: { exit: 1 }, why: "a script must see that nothing was done" },
  },
  {
    name: "an end that comes too early",
    event: "Stop",
    hook: once,
    command: PRINTS,
    claude: { ...usual, requests: 3, told: true, read: { stop_hook_active: true } },
    codex: { ...usual, requests: 3, told: true, read: { stop_hook_active: true } },
  },
  {
    name: "the end of the session",
    event: "SessionEnd",
    hook: refuses,
    command: PRINTS,
    claude: { ...usual, read: { reason: "other" } },
    codex: { ...usual, read: { reason: "other" } },
  },
];
