import type { Json, JsonObject } from "../../protocol/index.ts";
import { type ClientInfo, type Introduced, introduce, requestMeta, type ServerFacts } from "./handshake.ts";
import { isJsonObject, RPC, type RpcAnswer } from "./message.ts";
import { Peer, type RequestLimits } from "./peer.ts";
import type { OpenedServer } from "./stdio.ts";
import type { Listener, Transport } from "./transport.ts";

/** What a server asks a person; the answer is the result that MCP has for it. */
export type Elicit = (params: JsonObject) => Promise<JsonObject>;

/** Rounds in which a server may ask for more before it answers: what asks more often goes in a circle. */
const MOST_ROUNDS = 10;
/** Addresses that one refusal may name. */
const MOST_ADDRESSES = 5;

/** What a connection tells whoever holds it. */
export interface ConnectionEvents {
  /** A list of the server is another one now. */
  changed(what: "tools" | "prompts" | "resources"): void;
  ended(why: string): void;
}

/** A server that was reached and introduced itself. */
export class ServerConnection {
  readonly #peer: Peer;
  readonly #asking: Elicit[] = [];
  #transport: Transport | null = null;
  #client: ClientInfo | null = null;
  #facts: ServerFacts | null = null;
  #listening = new AbortController();

  constructor({ changed, ended }: ConnectionEvents) {
    this.#peer = new Peer(
      (method, params) => this.#incoming(method, params),
      (method) => {
        const [, what] = method.match(/^notifications\/(tools|prompts|resources)\/list_changed$/) ?? [];
        if (what !== undefined) changed(what as "tools");
      },
      (why) => {
        this.#listening.abort();
        ended(why);
      },
    );
  }

  /** Who hears what the transport brings. */
  get listener(): Listener {
    return this.#peer;
  }

  /** Why it is over; null: it is not. */
  get over(): string | null {
    return this.#peer.over;
  }

  /** Opens the way to a server and lets it introduce itself. */
  async open(
    opened: OpenedServer,
    client: ClientInfo,
    known: ServerFacts["era"] | null,
    limits: RequestLimits,
  ): Promise<Introduced> {
    if (!opened.ok) return { ok: false, code: null, message: opened.message };
    const { transport } = opened;
    this.#transport = transport;
    this.#client = client;
    this.#peer.use(transport);
    const introduced = await introduce(this.#peer, transport, client, known, limits);
    if (introduced.ok) this.#listen(introduced.facts);
    else this.close();
    return introduced;
  }

  /** Asks the server for something; where it asks back, `elicit` answers. */
  async request(
    method: string,
    params: JsonObject,
    limits: RequestLimits,
    elicit: Elicit | null = null,
  ): Promise<RpcAnswer> {
    if (elicit) this.#asking.push(elicit);
    try {
      return await this.#rounds(method, params, limits, elicit);
    } finally {
      if (elicit) this.#asking.splice(this.#asking.lastIndexOf(elicit), 1);
    }
  }

  close(): void {
    this.#transport?.close();
    this.#peer.closed("it was closed");
  }

  async #rounds(method: string, params: JsonObject, limits: RequestLimits, elicit: Elicit | null): Promise<RpcAnswer> {
    let more: JsonObject = {};
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const answer = await this.#peer.request(method, { ...params, ...more, ...this.#meta() }, limits);
      if (!answer.ok) {
        const addresses = answer.code === RPC.url_elicitation && elicit ? addressesOf(answer.data) : [];
        if (addresses.length === 0 || elicit === null || round > 0 || !(await agreed(addresses, elicit))) return answer;
        continue;
      }
      const { resultType, inputRequests, requestState } = answer.result;
      if (resultType !== "input_required") return answer;
      const inputResponses = await this.#fulfil(isJsonObject(inputRequests) ? inputRequests : {}, elicit);
      if (inputResponses === null)
        return { ok: false, code: null, message: "it asks for something that moat does not do" };
      more = { inputResponses, ...(typeof requestState === "string" ? { requestState } : {}) };
    }
    return { ok: false, code: null, message: `it asked back ${MOST_ROUNDS} times without coming to an answer` };
  }

  /** Does what a server wants before it goes on; null: something that moat does not do. */
  async #fulfil(requests: JsonObject, elicit: Elicit | null): Promise<JsonObject | null> {
    const done: [string, Json][] = [];
    for (const [key, one] of Object.entries(requests)) {
      if (!isJsonObject(one) || one.method !== "elicitation/create" || elicit === null) return null;
      done.push([key, await elicit(isJsonObject(one.params) ? one.params : {})]);
    }
    return Object.fromEntries(done);
  }

  #meta(): JsonObject {
    return this.#facts?.era === "modern" && this.#client ? { _meta: requestMeta(this.#client) } : {};
  }

  /** Older servers ask by a request of their own: the call that began last answers. Nobody else can. */
  async #incoming(method: string, params: JsonObject): Promise<JsonObject | null> {
    if (method === "ping") return {};
    const elicit = this.#asking.at(-1);
    if (method !== "elicitation/create") return null;
    return elicit ? this.#peer.whileAsking(() => elicit(params)) : { action: "decline" };
  }

  /** Asks to be told when lists change, where the server says that they do. */
  #listen(facts: ServerFacts): void {
    this.#facts = facts;
    const says = (part: string) => {
      const { [part]: own } = facts.capabilities;
      return isJsonObject(own) && own.listChanged === true;
    };
    if (facts.era === "legacy") {
      this.#transport?.listen();
      return;
    }
    const notifications = { toolsListChanged: says("tools"), promptsListChanged: says("prompts") };
    if (!notifications.toolsListChanged && !notifications.promptsListChanged) return;
    const limits = { timeout_ms: FOREVER_MS, signal: this.#listening.signal };
    this.#peer.request("subscriptions/listen", { notifications, ...this.#meta() }, limits);
  }
}

/** The longest that a timer can wait, in ms: the stream lives as long as the connection. */
const FOREVER_MS = 2 ** 31 - 1;

/** The questions of a refusal that wants a person to open addresses first (revision 2025-11-25). */
function addressesOf(data: Json | undefined): JsonObject[] {
  const list = isJsonObject(data) && Array.isArray(data.elicitations) ? data.elicitations : [];
  return list.filter(isJsonObject).slice(0, MOST_ADDRESSES);
}

/** The person went to all of them. */
async function agreed(addresses: JsonObject[], elicit: Elicit): Promise<boolean> {
  for (const one of addresses) if ((await elicit({ ...one, mode: "url" })).action !== "accept") return false;
  return true;
}
