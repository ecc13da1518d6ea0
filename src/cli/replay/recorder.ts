import { type NamedFile, SecretStream, type Secrets } from "../../base/index.ts";
import type { Segment, Tape, TapedOp } from "../../core/index.ts";
import type { ProviderSettings } from "../../model/index.ts";
import type { ToolSpec, TurnFiles } from "../../protocol/index.ts";
import { type RecordingEntry, type RecordingHead, seededRandom, sentText } from "./recording.ts";

type Entry = RecordingEntry extends infer E ? (E extends { t: number } ? Omit<E, "t"> : never) : never;

/** Headers of an answer that decide what moat does; others may hold names of accounts. */
const KEPT_HEADERS = /^(content-type|date|retry-after(-ms)?|.*ratelimit.*)$/;

/** Writes a recording while a thread runs. */
export class Recorder implements Tape {
  readonly seed: number;
  readonly random: () => number;
  readonly #file: NamedFile;
  readonly #now: () => number;
  readonly #secrets: Secrets;
  /** Answers that are still read. */
  readonly #open = new Map<number, ChunkText>();
  #requests = 0;
  #offered = "";

  constructor(file: NamedFile, seed: number, now: () => number, secrets: Secrets) {
    this.#file = file;
    this.#secrets = secrets;
    this.seed = seed;
    this.random = seededRandom(seed);
    this.#now = now;
  }

  begin(head: Omit<RecordingHead, "type" | "version" | "t" | "seed">): void {
    // Nobody waits for the end of a stream whose answer is there.
    process.once("exit", () => {
      for (const n of this.#open.keys()) this.#ended(n, { type: "cancel", n });
    });
    const { settings, provider } = head;
    const start = { type: "recording", version: 1, t: this.#now(), seed: this.seed };
    this.#line({ ...start, ...head, settings: withoutSecrets(settings), provider: withoutKey(provider) });
  }

  offered(specs: readonly ToolSpec[]): void {
    const text = JSON.stringify(specs);
    if (text === this.#offered) return;
    this.#offered = text;
    this.#write({ type: "offered", specs });
  }

  op(op: TapedOp): void {
    this.#write({ type: "op", op });
  }

  play(): null {
    return null;
  }

  keep(segment: Segment): void {
    this.#write({ type: "segment", segment });
  }

  changed(files: TurnFiles | null): TurnFiles | null {
    this.#write({ type: "files", files });
    return files;
  }

  /** Bun's `fetch`, with everything that comes and goes written down. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const n = this.#requests++;
    const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
    const body = sentText(init?.body);
    this.#write({ type: "request", n, url: origin + pathname, body });
    try {
      const response = await fetch(input, init);
      const headers = Object.fromEntries([...response.headers].filter(([name]) => KEPT_HEADERS.test(name)));
      this.#write({ type: "response", n, status: response.status, headers });
      return this.#copied(response, n);
    } catch (error) {
      this.#failed(error, n, init?.signal);
      throw error;
    }
  };

  /** The same response, whose body is written down as it is read. */
  #copied(response: Response, n: number): Response {
    const reader = (response.body ?? new Blob([]).stream()).getReader();
    const chunks = new ChunkText(this.#secrets);
    this.#open.set(n, chunks);
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (done) {
            this.#ended(n, { type: "end", n });
            controller.close();
          } else {
            this.#chunk(chunks.push(value), n);
            controller.enqueue(value);
          }
        } catch (error) {
          this.#ended(n, null);
          this.#failed(error, n, null);
          controller.error(error);
        }
      },
      cancel: async (reason) => {
        this.#ended(n, { type: "cancel", n });
        await reader.cancel(reason);
      },
    });
    const { status, headers, url } = response;
    const kept = new Headers(headers);
    // The body is decoded already.
    kept.delete("content-encoding");
    return Object.defineProperty(new Response(body, { status, headers: kept }), "url", { value: url });
  }

  /** The last of a body, and how it ended; null: it failed. */
  #ended(n: number, end: Entry | null): void {
    this.#chunk(this.#open.get(n)?.end() ?? "", n);
    this.#open.delete(n);
    if (end) this.#write(end);
  }

  #chunk(text: string, n: number): void {
    if (text === "") return;
    const bytes = Buffer.from(text, "latin1");
    const whole = bytes.toString("utf8");
    if (Buffer.from(whole).equals(bytes)) this.#write({ type: "chunk", n, text: whole });
    else this.#write({ type: "chunk", n, base64: bytes.toString("base64") });
  }

  #failed(error: unknown, n: number, signal: AbortSignal | null | undefined): void {
    if (signal?.aborted || (error instanceof Error && error.name === "AbortError")) this.#write({ type: "cancel", n });
    else {
      const { code = "", message = String(error) } = error as { code?: string; message?: string };
      this.#write({ type: "error", n, code, message });
    }
  }

  #write(entry: Entry): void {
    this.#line({ t: this.#now(), ...entry });
  }

  #line(value: object): void {
    this.#file.write(`${JSON.stringify(this.#secrets.redactAll(value))}\n`);
  }
}

/** Bytes of a body without secrets, a character a byte: a secret is found wherever chunks and characters are cut. */
class ChunkText {
  readonly #stream: SecretStream;

  constructor(secrets: Secrets) {
    this.#stream = new SecretStream(secrets);
  }

  push(bytes: Uint8Array): string {
    return this.#stream.push(Buffer.from(bytes).toString("latin1"));
  }

  end(): string {
    return this.#stream.end();
  }
}

/** A played thread runs nothing and judges nothing: what only commands and rules need is left out. */
function withoutSecrets(settings: RecordingHead["settings"]): RecordingHead["settings"] {
  const shell = { ...settings.shell_environment_policy, set: {} };
  return { ...settings, shell_environment_policy: shell, rules: { prefix: [] } };
}

function withoutKey(provider: ProviderSettings): ProviderSettings {
  const { origin, pathname } = new URL(provider.base_url);
  const base_url = origin === "null" ? provider.base_url : origin + pathname;
  const api_key = provider.api_key === null ? null : "recorded";
  const own = { http_headers: {}, query_params: {}, organization: null, project: null, ca_file: null };
  return { ...provider, base_url, api_key, ...own };
}
