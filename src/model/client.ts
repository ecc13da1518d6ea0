import { span } from "../base/index.ts";
import type { Failure, ServerLimits, Usage } from "../protocol/index.ts";
import { type AttemptContext, runAttempt } from "./attempt.ts";
import type { ModelClient, ModelEvent, ModelRequest, ProviderSettings } from "./contract.ts";
import {
  adjusted,
  type Learned,
  learnFrom,
  limitsOf,
  nothingLearned,
  recalled,
  withoutRefused,
} from "./dialect/adjust.ts";
import { StreamError } from "./failure.ts";
import { Handoff } from "./handoff.ts";
import { type ClientHooks, completeHooks, type Hooks } from "./hooks.ts";
import { withNextStep } from "./next-step.ts";
import { givenUp, withRetries } from "./retry.ts";
import type { Wire } from "./wires/wire.ts";

/** Events that may lie between the socket and a reader that is behind; one screenful of deltas is a few hundred. */
const MAX_PENDING_EVENTS = 4096;

/**
 * Makes the client of a provider. Loads the code of its wire (and the SDK with it), connects to nothing. A `base_url`
 * with `file:` is an offline stream: every request is answered from that file. `known`: what an earlier client learned of the server.
 */
export async function createClient(
  provider: ProviderSettings,
  hooks: ClientHooks,
  known: ServerLimits | null = null,
): Promise<ModelClient> {
  const complete = completeHooks(hooks);
  const loaded = span("imports", provider.wire_api);
  const wire = await loadWire(provider, complete);
  loaded();
  const learned = known === null ? nothingLearned(provider) : recalled(known, provider);
  const reached = { yet: false };
  return {
    capabilities: wire.capabilities,
    stream: (request, signal) => streamResponse({ wire, provider, hooks: complete, request, learned, reached }, signal),
  };
}

async function loadWire(provider: ProviderSettings, hooks: Hooks): Promise<Wire> {
  if (provider.base_url.startsWith("file:"))
    return (await import("./wires/fixture.ts")).createFixtureWire(provider, hooks);
  switch (provider.wire_api) {
    case "responses":
      return (await import("./wires/responses.ts")).createResponsesWire(provider, hooks);
    case "chat":
      return (await import("./wires/chat.ts")).createChatWire(provider, hooks);
    case "anthropic":
      return (await import("./wires/messages.ts")).createMessagesWire(provider, hooks);
  }
}

interface StreamContext {
  wire: Wire;
  provider: ProviderSettings;
  hooks: Hooks;
  request: ModelRequest;
  learned: Learned;
  reached: AttemptContext["reached"];
}

async function* streamResponse(context: StreamContext, signal: AbortSignal): AsyncGenerator<ModelEvent[]> {
  const handoff = new Handoff<ModelEvent>(MAX_PENDING_EVENTS);
  // A reader that stops early ends the request too.
  const left = new AbortController();
  let working = true;
  const work = produce(context, handoff, AbortSignal.any([signal, left.signal])).finally(() => {
    working = false;
    handoff.end();
  });
  try {
    yield* handoff.batches();
  } finally {
    if (working) left.abort();
    handoff.end();
    await work;
  }
}

/** Runs the attempts and pushes their events; the last one says how it ended. Never rejects. */
async function produce(context: StreamContext, handoff: Handoff<ModelEvent>, signal: AbortSignal): Promise<void> {
  const { provider, hooks } = context;
  const state: RequestState = { shown: false, usage: null, retries: 0, rekeyed: false };
  const emit = (events: ModelEvent[]) => {
    state.shown = true;
    return handoff.push(events);
  };
  const reset = (): ModelEvent[] => {
    const { shown, usage } = state;
    state.shown = false;
    state.usage = null;
    return shown || usage ? [{ type: "reset", usage }] : [];
  };
  try {
    const end = await withRetries(
      () => attemptAdjusted(context, emit, state, signal),
      provider,
      hooks,
      (retrying) => {
        handoff.push([...reset(), retrying]);
        state.retries = retrying.attempt;
      },
      signal,
    );
    handoff.push([end]);
  } catch (error) {
    handoff.push([...reset(), { type: "failed", error: lastFailure(error, state.retries, provider, signal) }]);
  }
}

/** Things that one request may lose before the server's refusal is believed: a bound, as each is lost but once. */
const MAX_ADJUSTMENTS = 8;

/** What a server refuses and the request can do without is left out, and it is asked again at once. */
async function attemptAdjusted(
  context: StreamContext,
  emit: AttemptContext["emit"],
  state: RequestState,
  signal: AbortSignal,
) {
  const { wire, provider, hooks, learned, reached } = context;
  for (let count = 0; ; count++) {
    const request = adjusted(context.request, learned, provider.id);
    const body = withoutRefused(wire.body(request), learned);
    try {
      return await attemptWithFreshKey({ wire, provider, hooks, request, body, reached, emit }, state, signal);
    } catch (error) {
      const failure = error instanceof StreamError ? error.failure : null;
      if (failure === null || !isRefusal(failure) || state.shown || count === MAX_ADJUSTMENTS) throw error;
      const message = learnFrom(failure.message, request, body, learned);
      if (message === null) throw error;
      emit([{ type: "adjusted", message, limits: limitsOf(learned) }]);
      state.shown = false;
    }
  }
}

/** Some servers say with status 500 what they do not take; most of what comes so passes. */
function isRefusal({ kind, message, ...more }: Failure): boolean {
  if (kind === "invalid_request") return true;
  const status = "status" in more ? more.status : null;
  return (
    kind === "server_error" &&
    status === 500 &&
    /support|unexpected keyword|unrecognized|unknown|missing data/i.test(message)
  );
}

/** How far one request has come. */
interface RequestState {
  /** Something of the current attempt was yielded. */
  shown: boolean;
  /** What the server counted for the attempt that failed last. */
  usage: Usage | null;
  retries: number;
  rekeyed: boolean;
}

/** A key that a program gave may have grown old: once in a request, a refusal leads to a new key instead of the end. */
async function attemptWithFreshKey(context: AttemptContext, state: RequestState, signal: AbortSignal) {
  try {
    return await runAttempt(context, signal);
  } catch (error) {
    if (error instanceof StreamError) state.usage = error.usage;
    const refused = error instanceof StreamError && error.failure.kind === "unauthorized";
    if (!refused || !context.hooks.keys || state.rekeyed) throw error;
    state.rekeyed = true;
    context.hooks.keys.refused();
    return await runAttempt(context, signal);
  }
}

function lastFailure(error: unknown, retries: number, provider: ProviderSettings, signal: AbortSignal): Failure {
  if (signal.aborted) return { kind: "interrupted", message: "interrupted", retryable: false };
  if (error instanceof StreamError) return withNextStep(givenUp(error.failure, retries), provider, error.never_reached);
  return { kind: "internal", message: `bug in the model client: ${describe(error)}`, retryable: false };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
