import type { JsonObject, UserInputAnswer, UserInputQuestion } from "../../protocol/index.ts";
import type { Elicit } from "../wire/connection.ts";
import { asText } from "../wire/message.ts";
import { fieldQuestion, formContent, formFields } from "./form.ts";

/** Puts questions to the person, in the dialog that the model's own questions have. */
type Ask = (questions: UserInputQuestion[]) => Promise<UserInputAnswer>;

/** Questions at once, as many as the model may ask. */
const AT_ONCE = 4;
/** Times that a field is asked about before the server is told that nobody fills it in. */
const MOST_TRIES = 3;
/** Characters of a server's message that a person is shown. */
const MAX_MESSAGE = 2000;

const DECLINE = { action: "decline" };

/** Answers what a server wants to know of the person: values for a form, or that an address was opened. */
export function elicitFrom(server: string, ask: Ask): Elicit {
  return async (params) => (params.mode === "url" ? openAddress(server, params, ask) : fillIn(server, params, ask));
}

async function fillIn(server: string, params: JsonObject, ask: Ask): Promise<JsonObject> {
  const fields = formFields(params);
  if (fields === null) return DECLINE;
  const message = asText(params.message).slice(0, MAX_MESSAGE);
  const wrong = new Map<string, string>();
  const content: JsonObject = {};
  let open = fields;
  for (let tries = 0; open.length > 0; ) {
    const now = open.slice(0, AT_ONCE);
    const questions = now.map((field) => fieldQuestion(field, server, message, wrong.get(field.name) ?? null));
    const answer = await ask(questions);
    // Whoever passes over all fields that may be left out has answered, too.
    const passed = answer.type === "declined" && answer.reason === undefined && now.every(({ required }) => !required);
    if (answer.type !== "answered" && !passed) return { action: answer.type === "abort" ? "cancel" : "decline" };
    const read = formContent(now, answer.type === "answered" ? answer : { type: "answered", answers: {} });
    Object.assign(content, read.content);
    wrong.clear();
    for (const [name, why] of read.wrong) wrong.set(name, why);
    if (wrong.size > 0 && ++tries >= MOST_TRIES) return { action: "cancel" };
    open = [...now.filter(({ name }) => wrong.has(name)), ...open.slice(AT_ONCE)];
  }
  return { action: "accept", content };
}

/** The address is shown whole, and only the person opens it. */
async function openAddress(server: string, params: JsonObject, ask: Ask): Promise<JsonObject> {
  const address = asText(params.url);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !isSafe(url)) return DECLINE;
  const message = asText(params.message).slice(0, MAX_MESSAGE);
  const question = `The MCP server ${server} wants you to open a page of ${url.host} in your browser: ${message}\n${url.href}`;
  const options = [
    { label: "Opened", description: "You opened the page and did there what it asks." },
    { label: "No", description: "The server is told that you do not want to." },
  ];
  const answer = await ask([{ id: "open", header: "Open a page", question, options }]);
  if (answer.type !== "answered") return { action: answer.type === "abort" ? "cancel" : "decline" };
  return { action: answer.answers.open?.answers.includes("Opened") ? "accept" : "decline" };
}

/** Encrypted, or of this machine. */
const isSafe = ({ protocol, hostname, username }: URL) =>
  username === "" &&
  (protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname)));
