// What the pictures show: a script for the model, and what the person does until the screen is as it shall be.
import {
  call,
  callCustom,
  type Output,
  respond,
  responseEvents,
  type Script,
  say,
  think,
} from "../../src/testkit/index.ts";
import type { Window } from "./window.ts";

export interface Scene {
  /** For those who do not see the picture. */
  about: string;
  args?: string[];
  config?: string;
  rows?: number;
  script: Script;
  act(window: Window): Promise<void>;
}

const ENTER = "\r";
const TASK = "fix the rounding in the invoice totals";
const run = (cmd: string, id: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, id);

const PATCH = `*** Begin Patch
*** Update File: src/invoice.ts
@@
 export function total(lines: Line[], rate: number): number {
-  let sum = 0;
+  let cents = 0;
   for (const line of lines) {
-    sum += net(line.price * line.count, rate);
+    cents += toCents(net(line.price * line.count, rate));
   }
-  return Number(sum.toFixed(2));
+  return cents / 100;
 }
+
+const toCents = (euros: number) => Math.round(euros * 100);
*** End Patch
`;

const STEPS = ["find where totals are added up", "add them up in cents", "run the tests"];
const plan = (at: number, id: string) =>
  call(
    "update_plan",
    {
      plan: STEPS.map((step, index) => ({
        step,
        status: index < at ? "completed" : index === at ? "in_progress" : "pending",
      })),
    },
    id,
  );

/** A response with as many tokens as such a conversation has. */
const answer = (input: number, ...outputs: Output[]) =>
  responseEvents(outputs, { type: "completed", usage: { input, cached: input - 900, output: 240, reasoning: 60 } });

/** One command after another: at the same time they would end in any order. */
const look = [
  answer(
    8200,
    think("**Looking for the sum.** The totals are added up as floating point numbers, which cannot hold a third."),
    say("I'll look at how totals are added up first."),
    plan(0, "p1"),
    run("grep -rn 'toFixed\\|Math.round' src/*.ts", "c1"),
  ),
  answer(8700, run("sh test.sh", "c2")),
];
const half = plan(1, "p2");
const repair = [
  say("`total` adds euros as floating point numbers, and rounds at the end. I'll add up **cents** instead."),
  half,
  callCustom("apply_patch", PATCH, "c3"),
];

async function ask(window: Window, text = TASK): Promise<void> {
  await window.shows("changed)");
  window.type(text);
  await window.shows(text);
  window.type(ENTER);
}

const PLAN = `# Totals in cents

1. \`src/invoice.ts\`: add up whole cents, and divide once at the end.
2. \`src/tax.ts\`: \`net\` gives cents, too; its callers are \`total\` and \`page\`.
3. A test for **three thirds**, which fails today.

Not touched: the PDF, which prints what \`total\` returns.`;

export const SCENES: Record<string, Scene> = {
  start: {
    about: "The app after its start: three lines that say model, directory, sandbox and instructions, and the composer",
    script: [],
    async act(window) {
      await window.shows("changed)");
      window.type(TASK);
      await window.shows(TASK);
    },
  },
  turn: {
    about:
      "A running turn: reasoning, commands with their output, a patch, a command that still runs, and a message that waits",
    script: [
      ...look,
      answer(9400, ...repair),
      answer(9900, plan(2, "p3"), run("sh test.sh", "c4")),
      answer(10200, run("sh watch.sh", "c5")),
    ],
    async act(window) {
      await ask(window);
      await window.shows("invoice.ts: built");
      window.type(`also check the PDF${ENTER}`);
      await window.shows("at the next step");
      window.type("and then the CSV");
      await window.shows("the CSV");
    },
  },
  approval: {
    about: "A question about a command that the model wants to run outside the sandbox, in the place of the composer",
    script: [
      answer(
        8200,
        say("The tests need the database."),
        run("docker compose up -d db", "c1", {
          sandbox_permissions: "require_escalated",
          justification: "Start the database that the tests need?",
          prefix_rule: ["docker", "compose"],
        }),
      ),
    ],
    async act(window) {
      await ask(window, "run the tests against the database");
      await window.shows("docker compose up -d db");
    },
  },
  diff: {
    about:
      "A finished turn with a patch as a coloured diff, the test that passes, and the line that says what was done",
    rows: 40,
    script: [
      answer(8200, ...repair.filter((output) => output !== half)),
      answer(9900, run("sh test.sh", "c4")),
      answer(
        10400,
        say(
          "Totals are added up in cents now:\n\n| | before | after |\n|---|---:|---:|\n| three thirds | 0.99 | 1.00 |\n| 請求書 ✅ | 7.00 | 7.00 |\n\nThe test that failed passes.",
        ),
      ),
    ],
    async act(window) {
      await ask(window);
      await window.shows("The test that failed passes.");
      await window.shows("tokens");
    },
  },
  menu: {
    about: "The menu of commands below a slash in the composer",
    script: [],
    async act(window) {
      await window.shows("changed)");
      window.type("/");
      await window.shows("/help");
    },
  },
  plan: {
    about: "Plan mode: the plan that the model made, and what can be done with it",
    args: ["--plan"],
    script: [
      answer(8200, say("I read `src/invoice.ts` and `src/tax.ts`."), call("exit_plan_mode", { plan: PLAN }, "p1")),
    ],
    async act(window) {
      await ask(window, "how would you make the totals right?");
      await window.shows("three thirds");
    },
  },
};

/** The same for each theme: one screen with everything that has a role of its own. */
export const ROLES: Scene = {
  about: "A turn with all roles of a theme",
  script: [
    ...look,
    answer(9400, ...repair),
    respond(run("docker ps", "c9", { sandbox_permissions: "require_escalated", justification: "See what runs?" })),
  ],
  async act(window) {
    await ask(window);
    await window.shows("docker ps");
  },
};
