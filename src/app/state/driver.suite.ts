// An app that a test types into and feeds events: what it would do is kept as data.
import type { Event, EventBody, TurnContext } from "../../protocol/index.ts";
import { type Picture, type TermEvent, themeFor } from "../../term/index.ts";
import * as views from "../../view/screen/index.ts";
import { type App, createApp } from "../app.ts";
import { keymapOf } from "../keymap/keymap.ts";
import type { Kit } from "../kit.ts";
import { lastOf } from "../past/fold.ts";
import type { Past, PastSource } from "../past/past.ts";
import type { AppEffect } from "./effect.ts";
import type { AppInput, InputBody, OpenedThread } from "./input.ts";
import type { AppStart } from "./start.ts";
import type { AppState, Step } from "./state.ts";

export const context: TurnContext = {
  cwd: "/home/me/shop",
  model: "gpt-test",
  model_provider: "openai",
  effort: "high",
  approval_policy: "on-request",
  sandbox_mode: "workspace-write",
};

export const usage = {
  input_tokens: 100,
  cached_input_tokens: 50,
  cache_write_input_tokens: 0,
  output_tokens: 20,
  reasoning_output_tokens: 5,
};

/** A message of the user, as it enters the history. */
export const userSays = (text: string): EventBody => ({
  type: "history.added",
  item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
});

/** The end of a turn that the user interrupted. */
export const stopped: EventBody = {
  type: "turn.failed",
  turn_id: "1",
  usage,
  turn_usage: usage,
  error: { kind: "interrupted", message: "stopped", retryable: false },
};

export const opened: OpenedThread = {
  thread_id: "t1",
  context,
  late: [],
  busy: false,
  weak: false,
  network: false,
  prompt_files: new Set(),
  start: {
    version: "1.2.3",
    model: "gpt-test",
    effort: "high",
    directory: "~/shop",
    branch: null,
    sandbox: "this folder may be written, no network",
    approvals: "asks for more",
    enforced: "namespaces + Landlock + seccomp",
    extras: [],
    warnings: [],
  },
};

export const testKit: Kit = {
  views,
  themes: ["default", "contrast"],
  theme: (name, dark) => {
    const theme = themeFor(name ?? "default", { dark: dark !== false, colours: "none" });
    if (theme === null) throw new Error(`no theme ${name}`);
    return theme;
  },
};

export const testApp = (): App => createApp(testKit);

/** A past that is kept in a list; `asked` has the places that were looked at. */
export function keptPast(events: readonly Event[]): PastSource & { asked: number[] } {
  const asked: number[] = [];
  const from = (place: number) =>
    events.slice(place).map((event, index) => {
      asked.push(place + index);
      return { place: place + index, event };
    });
  return {
    asked,
    last: (count) => ({ moments: from(Math.max(0, events.length - count)), whole: count >= events.length }),
    *since(place) {
      for (const moment of from(place)) yield* [moment, undefined];
    },
    at(place) {
      asked.push(place);
      return events[place] ?? null;
    },
    later: () => [],
  };
}

/** All that these events come to. */
export const pastOf = (events: readonly Event[]): Past => lastOf(keptPast(events), events.length, testKit);

const NAMED: readonly string[] = [
  ...["enter", "tab", "escape", "backspace", "delete", "insert", "up", "down", "left", "right", "home", "end"],
  ...["page-up", "page-down"],
];

/** A key by the name that the key table has for it. */
export function keyOf(name: string): TermEvent {
  let rest = name;
  const take = (prefix: string) => {
    const has = rest.startsWith(prefix) && rest.length > prefix.length;
    if (has) rest = rest.slice(prefix.length);
    return has;
  };
  const [ctrl, alt, shift] = [take("ctrl-"), take("alt-"), take("shift-")];
  const key = rest === "space" ? " " : rest;
  return { type: "key", key, named: NAMED.includes(key), ctrl, alt, shift };
}

export class Driver {
  readonly app = testApp();
  state: AppState;
  /** Since they were taken last. */
  effects: AppEffect[];
  now = 1000;
  /** Everything that went in. */
  readonly inputs: AppInput[] = [];
  #seq = 0;

  /** `opened`: what its thread is opened as; null: it is not, yet. `past`: what happened in it before. */
  constructor(given: Partial<AppStart> & { opened?: OpenedThread | null; past?: Past } = {}) {
    const { opened: thread = opened, past = null, ...begin } = given;
    const { keymap } = keymapOf();
    const { thread_id, start, context: settings } = thread ?? opened;
    const first = this.app.start(
      {
        setup: { home: "/home/me", keymap, notifications: true },
        shown: { thread_id, cwd: settings.cwd, past, start },
        first_op: null,
        screen: "fullscreen",
        size: { columns: 80, rows: 24 },
        theme: null,
        words: false,
        vim: false,
        text: "",
        ...begin,
      },
      this.now,
    );
    this.state = first.state;
    this.effects = [...first.effects];
    if (thread !== null) this.feed({ type: "opened", opened: thread });
  }

  feed(body: InputBody): Step {
    const input = { at: this.now, ...body };
    this.inputs.push(input);
    const step = this.app.reduce(this.state, input);
    this.state = step.state;
    this.effects.push(...step.effects);
    return step;
  }

  key(...names: string[]): void {
    for (const name of names) this.feed({ type: "term", event: keyOf(name) });
  }

  type(text: string): void {
    for (const { segment } of new Intl.Segmenter().segment(text)) this.key(segment === "\n" ? "ctrl-j" : segment);
  }

  paste(text: string): void {
    this.feed({ type: "term", event: { type: "paste", text } });
  }

  event(body: EventBody, thread_id?: string): void {
    const event: Event = { seq: this.#seq++, ...(thread_id ? { thread_id } : {}), ...body } as Event;
    this.feed({ type: "event", thread: this.state.conversation.number, event });
  }

  /** What a card needs to be answered: it was painted, and the time of reading is over. */
  shown(): void {
    for (const effect of this.taken("show card")) this.feed({ type: "card shown", card: effect.card });
  }

  /** The effects of a type, which are gone then. */
  taken<T extends AppEffect["type"]>(type: T): Extract<AppEffect, { type: T }>[] {
    const found = this.effects.filter((effect): effect is Extract<AppEffect, { type: T }> => effect.type === type);
    this.effects = this.effects.filter((effect) => effect.type !== type);
    return found;
  }

  /** Ops that were submitted. */
  ops() {
    return this.taken("submit").map(({ op }) => op);
  }

  get picture(): Picture {
    return this.app.picture(this.state);
  }

  /** Rows of the conversation below the last one that is shown. */
  get below(): number {
    const { history, live, bottom } = this.picture;
    if (bottom === null) return 0;
    const rows = (block: number) => (block < history.end ? history.lines(block).length : live.length);
    let below = Math.max(0, rows(bottom.block) - 1 - bottom.row);
    for (let block = bottom.block + 1; block <= history.end; block++) below += rows(block);
    return below;
  }

  /** All that a picture shows, as text. */
  get text(): string {
    const { history, live, panel, cover } = this.picture;
    const blocks = [];
    for (let index = history.first; index < history.end; index++) blocks.push(...history.lines(index));
    return (cover ?? [...blocks, ...live, ...panel]).join("\n");
  }

  begin(): void {
    this.event({ type: "turn.started", turn_id: "1", context });
  }

  end(): void {
    this.event({ type: "turn.completed", turn_id: "1", usage, turn_usage: usage });
  }
}
