import type { Json, JsonObject, JsonSchema } from "../../protocol/index.ts";
import type { ServerConnection } from "../wire/connection.ts";
import { type HeaderPlaces, headerPlaces } from "../wire/headers.ts";
import { asText, isJsonObject, type RpcAnswer } from "../wire/message.ts";
import type { RequestLimits } from "../wire/peer.ts";
import { argumentsSchema } from "./schema.ts";

/** A tool as a server describes it, in a form that can be offered. */
export interface ServerTool {
  /** As the server calls it. */
  name: string;
  description: string;
  parameters: JsonSchema;
  /** It says that it changes nothing. */
  read_only: boolean;
  /** Arguments that are repeated in headers. */
  headers: HeaderPlaces;
}

/** A prompt that a server has ready, for a person to start. */
export interface ServerPrompt {
  name: string;
  description: string;
  arguments: { name: string; description: string; required: boolean }[];
}

/** All that is offered of a server. */
export interface ServerLists {
  tools: ServerTool[];
  prompts: ServerPrompt[];
  /** It has resources to read. */
  resources: boolean;
  /** Sentences about what was left out. */
  notes: string[];
}

/** Pages of a list, tools of a server and characters of a description that are read: real servers have far less. */
const MOST_PAGES = 50;
const MOST_ENTRIES = 1000;
const MAX_DESCRIPTION = 2000;
/** Characters of a tool's name; the specification recommends 128 at most. */
const MAX_NAME = 128;

/** Asks a server for all its lists. What it does not have is empty. */
export async function readLists(
  connection: ServerConnection,
  capabilities: JsonObject,
  limits: RequestLimits,
): Promise<{ ok: true; lists: ServerLists } | (RpcAnswer & { ok: false })> {
  const tools = isJsonObject(capabilities.tools) ? await readPages(connection, "tools", limits) : NOTHING;
  if (!tools.ok) return tools;
  const prompts = isJsonObject(capabilities.prompts) ? await readPages(connection, "prompts", limits) : NOTHING;
  const read = readTools(tools.entries);
  const entries = prompts.ok ? prompts.entries : [];
  const resources = isJsonObject(capabilities.resources);
  return { ok: true, lists: { ...read, prompts: entries.flatMap(readPromptEntry), resources } };
}

const NOTHING = { ok: true as const, entries: [] as Json[] };

async function readPages(
  connection: ServerConnection,
  what: "tools" | "prompts",
  limits: RequestLimits,
): Promise<{ ok: true; entries: Json[] } | (RpcAnswer & { ok: false })> {
  const entries: Json[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES && entries.length < MOST_ENTRIES; page++) {
    const answer: RpcAnswer = await connection.request(`${what}/list`, cursor === null ? {} : { cursor }, limits);
    if (!answer.ok) return answer;
    const { [what]: list, nextCursor } = answer.result;
    if (!Array.isArray(list)) return { ok: false, code: null, message: `its list of ${what} is no list` };
    entries.push(...list);
    if (typeof nextCursor !== "string" || nextCursor === cursor) break;
    cursor = nextCursor;
  }
  return { ok: true, entries: entries.slice(0, MOST_ENTRIES) };
}

function readTools(entries: Json[]): Pick<ServerLists, "tools" | "notes"> {
  const tools = new Map<string, ServerTool>();
  const notes: string[] = [];
  for (const entry of entries) {
    const { name, description, title, inputSchema, annotations } = isJsonObject(entry) ? entry : {};
    const called = asText(name);
    if (called === "" || called.length > MAX_NAME || tools.has(called)) {
      notes.push(
        called === ""
          ? "a tool without a name"
          : `the tool ${called.slice(0, MAX_NAME)}: its name is too long, or used twice`,
      );
      continue;
    }
    const parameters = argumentsSchema(inputSchema);
    if (parameters === null) {
      notes.push(`the tool ${called}: what it says of its arguments is no schema of an object, or too long`);
      continue;
    }
    tools.set(called, {
      name: called,
      description: (asText(description) || asText(title)).slice(0, MAX_DESCRIPTION),
      parameters,
      read_only: isJsonObject(annotations) && annotations.readOnlyHint === true,
      headers: headerPlaces(inputSchema),
    });
  }
  return { tools: [...tools.values()], notes };
}

function readPromptEntry(entry: Json): ServerPrompt[] {
  if (!isJsonObject(entry) || asText(entry.name) === "") return [];
  const given = Array.isArray(entry.arguments) ? entry.arguments.filter(isJsonObject) : [];
  const named = given.filter((one) => asText(one.name) !== "");
  return [
    {
      name: asText(entry.name).slice(0, MAX_NAME),
      description: (asText(entry.description) || asText(entry.title)).slice(0, MAX_DESCRIPTION),
      arguments: named.map((one) => ({
        name: asText(one.name),
        description: asText(one.description).slice(0, MAX_DESCRIPTION),
        required: one.required === true,
      })),
    },
  ];
}
