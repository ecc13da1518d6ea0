import {
  type ContentPart,
  type HistoryItem,
  type Json,
  NO_USAGE,
  type ReasoningHistoryItem,
  type TurnContext,
  type Usage,
} from "../../protocol/index.ts";
import type { ImportBody, ImportRecord } from "./contract.ts";
import { type CallKind, type ShownResult, shownCall } from "./shown.ts";

/** What all providers take as the id of a call and as the name of a tool. */
const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;

/** An answer to a call, for the model (with images, if it has any) and for people. */
export interface ToldResult extends Omit<ShownResult, "text"> {
  output: string | ContentPart[];
}

/** What an item was told under; whoever compacts asks for those that stay. */
interface Tagged {
  tag: string;
  item: HistoryItem;
}

/**
 * Says in records what happened in a session of another agent, so that a reader names only what it finds: turns begin with prompts,
 * a call is shown with its result, and what is added to the history is known until it is replaced.
 */
export class Teller {
  /** When what is told now happened. ISO 8601. */
  at: string;
  /** What the items that are told now belong to. */
  tag = "";
  readonly #peer: string;
  #context: TurnContext;
  #out: ImportRecord[] = [];
  #turn: { context: TurnContext } | null = null;
  #history: Tagged[] = [];
  /** Calls of the turn that have no result yet. */
  #open = new Map<string, CallKind>();
  #usage: Usage = NO_USAGE;

  /** @param peer whose session it is; its thinking and its tools are told under this name */
  constructor(peer: string, started: string, cwd: string) {
    this.#peer = peer;
    this.at = started;
    const untold = { model: true, model_provider: true, sandbox_mode: "danger-full-access", approval_policy: "never" };
    this.#context = {
      cwd,
      model: "unknown",
      model_provider: peer,
      effort: null,
      approval_policy: "on-request",
      sandbox_mode: "read-only",
      untold: untold as TurnContext["untold"] & object,
    };
  }

  /** What was told since it was asked last. */
  *told(): Generator<ImportRecord> {
    const out = this.#out;
    this.#out = [];
    yield* out;
  }

  /** The end of the session. */
  *ended(): Generator<ImportRecord> {
    this.end(null);
    yield* this.told();
  }

  /** Names the model that answers; only for people: whoever goes on has a provider of their own. */
  model(name: string | null): void {
    if (name === null || name === this.#context.model) return;
    this.#settle({ ...this.#context, model: name });
  }

  /** The session is in plan mode, or not any more. What holds after it is the user's. */
  planning(planned: boolean): void {
    const { after_plan: before, ...rest } = this.#context;
    if (planned === (before !== undefined)) return;
    if (!planned) this.#settle({ ...rest, approval_policy: "on-request" });
    else {
      const after_plan = { approval_policy: rest.approval_policy, sandbox_mode: rest.sandbox_mode };
      this.#settle({ ...rest, approval_policy: "never", after_plan });
    }
  }

  /** A person spoke: a turn begins. */
  prompt(content: ContentPart[]): void {
    if (content.length === 0) return;
    this.end(null);
    this.#begin();
    this.add({ type: "message", role: "user", content });
  }

  /** A person spoke while the turn ran. */
  steer(content: ContentPart[]): void {
    if (content.length === 0) return;
    this.#begin();
    this.add({ type: "message", role: "user", content });
  }

  /** The model was told something that no person said. */
  context(content: ContentPart[]): void {
    if (content.length > 0) this.add({ type: "message", role: "developer", content });
  }

  /** The model spoke. */
  say(text: string, more: { id?: string } = {}): void {
    if (text === "") return;
    this.#begin();
    this.#show({ type: "agent_message", text });
    this.add({ type: "message", role: "assistant", content: [{ type: "output_text", text }], ...more });
  }

  /** The model thought. What the provider wants back with it goes back to no other provider. */
  think(text: string, more: Partial<Omit<ReasoningHistoryItem, "type">> = {}): void {
    if (text === "" && !more.encrypted_content) return;
    this.#begin();
    if (text !== "") this.#show({ type: "reasoning", text });
    const summary = text === "" ? [] : [{ type: "summary_text" as const, text }];
    this.add({ type: "reasoning", summary, provider: this.#peer, ...more });
  }

  /** The model called a tool; `kind`: what a person sees of it, left out for a tool that has no form of its own. */
  call(id: string, name: string, args: Json, kind: CallKind | null = null, more: { id?: string } = {}): void {
    this.#begin();
    const call_id = plainId(id);
    const [, server = this.#peer, tool = name] = name.match(/^mcp__(.+?)__(.+)$/) ?? [];
    const shown = kind ?? { type: "tool", server, tool, arguments: args };
    this.#open.set(call_id, shown);
    this.add({ type: "function_call", call_id, name: plainName(name), arguments: JSON.stringify(args ?? {}), ...more });
  }

  /** What came of a call. Only the first result of a call counts. */
  result(id: string, { output, exit_code, failed }: ToldResult): void {
    const call_id = plainId(id);
    const kind = this.#open.get(call_id);
    if (!kind) return;
    this.#open.delete(call_id);
    const text =
      typeof output === "string" ? output : output.map((part) => ("text" in part ? part.text : "")).join("\n");
    this.#show(shownCall(kind, { text, exit_code, failed }));
    this.add({ type: "function_call_output", call_id, output });
  }

  /** A problem that a person saw. */
  error(message: string): void {
    this.#begin();
    this.#show({ type: "error", message });
  }

  /** Tokens of one answer. */
  use(spent: Usage): void {
    const sum = Object.entries(this.#usage).map(([key, value]) => [key, value + spent[key as keyof Usage]]);
    this.#usage = { ...this.#usage, ...Object.fromEntries(sum) };
    this.#tell({ type: "usage", usage: this.#usage });
  }

  /** The turn is over. */
  end(failed: string | null): void {
    for (const kind of this.#open.values()) this.#show(shownCall(kind, null));
    this.#open.clear();
    if (this.#turn === null) return;
    this.#turn = null;
    this.#tell({ type: "turn.ended", failed });
  }

  /** The parts of the history in force from those with this tag on; none where there is none. */
  since(tag: string): { tag: string; items: HistoryItem[] }[] {
    const at = this.#history.findIndex((one) => one.tag === tag);
    return at === -1 ? [] : this.parts().slice(at);
  }

  /** Items of the history in force with this tag. */
  tagged(tag: string): HistoryItem[] {
    return this.#history.filter((one) => one.tag === tag).map(({ item }) => item);
  }

  /** Another history took the place of what was told so far. */
  replace(why: "compacted" | "rewound", history: { tag: string; items: HistoryItem[] }[]): void {
    this.#history = history.flatMap(({ tag, items }) => items.map((item) => ({ tag, item })));
    this.#tell({ type: "history.replaced", why, history: this.#history.map(({ item }) => item) });
  }

  /** The parts of the history in force, each with its tag. */
  parts(): { tag: string; items: HistoryItem[] }[] {
    return this.#history.map(({ tag, item }) => ({ tag, items: [item] }));
  }

  add(item: HistoryItem): void {
    this.#history.push({ tag: this.tag, item });
    this.#tell({ type: "item", item });
  }

  #begin(): void {
    if (this.#turn !== null) return;
    this.#turn = { context: this.#context };
    this.#tell({ type: "turn.begun", turn: this.#turn });
  }

  #settle(context: TurnContext): void {
    this.#context = context;
    if (this.#turn) this.#turn.context = context;
  }

  #show(body: Extract<ImportBody, { type: "shown" }>["body"]): void {
    this.#tell({ type: "shown", body });
  }

  #tell(body: ImportBody): void {
    this.#out.push({ at: this.at, ...body });
  }
}

/** An id that every provider takes: its own, or one that stands for it. */
function plainId(id: string): string {
  if (PLAIN.test(id)) return id;
  return `call_${new Bun.CryptoHasher("sha256").update(id).digest("hex").slice(0, 32)}`;
}

function plainName(name: string): string {
  return PLAIN.test(name) ? name : name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "unknown";
}
