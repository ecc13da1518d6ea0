import type { ToolSpec, UserInputAnswer, UserInputQuestion } from "../protocol/index.ts";
import { type ArgumentsOf, argumentReader } from "./arguments.ts";
import type { Tool } from "./contract.ts";
import { textOutcome } from "./outcome.ts";
import description from "./request-user-input.md" with { type: "text" };
import { parameters, textParameter } from "./spec.ts";

/** More questions at once than a person wants to see. */
const MOST_QUESTIONS = 4;
/** More options than digits that choose them. */
const MOST_OPTIONS = 9;

/** Name and parameters are those of the Codex CLI, because models are trained on them; the texts are ours. */
const spec: ToolSpec = {
  type: "function",
  name: "request_user_input",
  description: description.trim(),
  parameters: parameters(
    {
      questions: {
        type: "array",
        items: parameters(
          {
            id: textParameter("Names the question in the answer; snake_case."),
            header: textParameter("One or two words."),
            question: textParameter("One sentence."),
            options: {
              type: "array",
              description: "Leave out for a question that has no obvious answers.",
              items: parameters(
                { label: textParameter("1 to 5 words."), description: textParameter("What it means, in a sentence.") },
                ["label", "description"],
              ),
            },
          },
          ["id", "header", "question"],
        ),
      },
    },
    ["questions"],
  ),
};

const readArguments = argumentReader((z) =>
  z.object({
    questions: z.array(
      z.object({
        id: z.optional(z.nullable(z.string())),
        header: z.optional(z.nullable(z.string())),
        question: z.string(),
        options: z.optional(
          z.nullable(z.array(z.object({ label: z.string(), description: z.optional(z.nullable(z.string())) }))),
        ),
      }),
    ),
  }),
);

type Asked = ArgumentsOf<typeof readArguments>["questions"];

/** What is wrong with the questions, for the model; null: nothing. */
function problem(questions: Asked): string | null {
  if (questions.length === 0) return "questions is empty: ask at least one";
  if (questions.length > MOST_QUESTIONS) return `ask at most ${MOST_QUESTIONS} questions at once`;
  if (questions.some(({ question }) => question.trim() === "")) return "a question is empty";
  if (questions.some(({ options }) => (options ?? []).length > MOST_OPTIONS))
    return `offer at most ${MOST_OPTIONS} options for a question`;
  return null;
}

/** Each with an id of its own, whatever the model gave. */
function named(questions: Asked): UserInputQuestion[] {
  const ids = new Set<string>();
  return questions.map(({ id, header, question, options }, index) => {
    const own = id && !ids.has(id) ? id : `question_${index + 1}`;
    ids.add(own);
    const offered = (options ?? []).map(({ label, description: words }) => ({ label, description: words ?? "" }));
    return { id: own, header: header ?? "", question, options: offered };
  });
}

const GO_ON =
  "Decide yourself what is most likely wanted, say what you assumed, and go on; where that would be reckless, end your turn with the question.";

function told(answer: UserInputAnswer): string {
  if (answer.type === "answered") return JSON.stringify({ answers: answer.answers });
  if (answer.type === "abort") return "not answered: the user stopped the turn";
  return `not answered: ${answer.reason ?? "the user does not want to say"}. ${GO_ON}`;
}

export const requestUserInput: Tool<UserInputQuestion[]> = {
  parallel: false,
  item_lasts: "call",
  spec: () => spec,
  async parse(raw) {
    const parsed = await readArguments(raw);
    if (!parsed.ok) return parsed;
    const { questions } = parsed.args;
    const wrong = problem(questions);
    return wrong === null ? { ok: true, args: named(questions) } : { ok: false, message: wrong };
  },
  effect: () => null,
  item: () => null,
  hook: (questions) => ({
    tool_name: "AskUserQuestion",
    tool_input: { questions: questions.map((question) => ({ ...question })) },
  }),
  withHookInput: (_raw, input) => JSON.stringify(input),
  async run(questions, { input }) {
    const answer = await input(questions);
    return textOutcome(told(answer), { status: answer.type === "answered" ? "completed" : "declined", item: null });
  },
};
