import { expect, test } from "bun:test";
import type { RecordedRequest, Script } from "../testkit/index.ts";
import { type JsonEvent, type MoatRun, type Ran, type TestWorld, world } from "./harness.ts";

/** One run of `moat exec` against a scripted model, as a row of a table. What is left out is not looked at. */
export interface Scenario {
  name: string;
  script: Script;
  /** After `moat`. */
  args: string[];
  /** Files of the project. */
  files?: Record<string, string | Uint8Array>;
  /** MOAT_HOME/config.toml. */
  config?: string;
  run?: MoatRun;
  /** Before the run. */
  before?: (w: TestWorld) => void | Promise<void>;
  /** 0 when left out. */
  exit?: number;
  /** Types of all events, those of items with the item's type. */
  types?: string[];
  /** Finished items, in order: those that are named must be there with these fields. */
  items?: object[];
  /** Parts of the last event. */
  last?: object;
  /** Parts of stderr. */
  stderr?: string[];
  /** All of stdout. */
  stdout?: string;
  /** Parts of the body of the last request: what the model was told. */
  told?: string[];
  /** Parts that must not be in any request. */
  untold?: string[];
  /** Requests in all. */
  requests?: number;
  /** Files of the project afterwards; null: it is not there. */
  after?: Record<string, string | null>;
  check?: (w: TestWorld, ran: Ran) => void | Promise<void>;
}

/** A test for each row. */
export function scenarios(rows: Scenario[]): void {
  for (const row of rows) test(row.name, () => play(row));
}

async function play(row: Scenario): Promise<void> {
  await using w = await world(row.script, row.files ?? {});
  if (row.config !== undefined) w.config(row.config);
  await row.before?.(w);
  const ran = await w.moat(row.args, row.run);
  expect({ exit: ran.exit, stderr: ran.stderr }).toMatchObject({ exit: row.exit ?? 0 });
  if (row.args.some((arg) => /^--(experimental-)?json/.test(arg))) checkStream(ran.events(), row);
  for (const part of row.stderr ?? []) expect(ran.stderr).toContain(part);
  if (row.stdout !== undefined) expect(ran.stdout).toBe(row.stdout);
  if (row.requests !== undefined) expect(w.server.requests.length).toBe(row.requests);
  checkRequests(w.server.requests, row);
  for (const [name, content] of Object.entries(row.after ?? {})) {
    const file = Bun.file(w.project.path(name));
    expect({ [name]: (await file.exists()) ? await file.text() : null }).toEqual({ [name]: content });
  }
  await row.check?.(w, ran);
}

/** `item.completed agent_message`, `turn.completed`, … */
export const typesOf = (events: JsonEvent[]) =>
  events.map(({ type, item }) => (item ? `${type} ${(item as unknown as { type: string }).type}` : type));

/** Finished items. */
export const itemsOf = (events: JsonEvent[]) =>
  events.filter(({ type }) => type === "item.completed").map(({ item }) => item as unknown as Record<string, unknown>);

/** What holds for every stream: it begins with its thread, ends with its one closing event, and closes what it opened. */
function checkStream(events: JsonEvent[], row: Scenario): void {
  // Nothing began: there is one line that says why, or, where the command line itself was wrong, none.
  if (events.length === 0 || (events.length === 1 && events[0]?.type === "error")) return;
  expect(events[0]?.type).toBe("thread.started");
  const closing = events.filter(({ type }) => type === "turn.completed" || type === "turn.failed");
  expect(closing).toEqual(events.slice(-1));
  const ids = (wanted: string) =>
    events.filter(({ type }) => type === wanted).map(({ item }) => (item as unknown as { id: string }).id);
  const completed = ids("item.completed");
  expect(ids("item.started").filter((id) => !completed.includes(id))).toEqual([]);
  expect(new Set(completed).size).toBe(completed.length);
  if (row.types) expect(typesOf(events)).toEqual(row.types);
  if (row.items) expect(itemsOf(events)).toMatchObject(row.items);
  if (row.last) expect(events.at(-1)).toMatchObject(row.last);
}

function checkRequests(requests: RecordedRequest[], row: Scenario): void {
  for (const part of row.told ?? []) expect(requests.at(-1)?.raw).toContain(JSON.stringify(part).slice(1, -1));
  for (const part of row.untold ?? []) {
    for (const { raw } of requests) expect(raw).not.toContain(JSON.stringify(part).slice(1, -1));
  }
}
