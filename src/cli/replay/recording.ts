import type { ResumedThread, Segment, TapedOp, ThreadSettings } from "../../core/index.ts";
import type { ProviderSettings } from "../../model/index.ts";
import type { CatalogOverrides } from "../../open/index.ts";
import type { ToolSpec, TurnFiles } from "../../protocol/index.ts";

/*
 * A recording is JSON Lines, in the order in which things happened: the head, then entries. `t`: ms since 1970. `n`: number
 * of the request to the model, from 0. It holds what the model and the user saw, and no key; it is readable by the user alone.
 */

/** First line: all that the thread started with. */
export interface RecordingHead {
  type: "recording";
  version: 1;
  moat_version: string;
  t: number;
  /** Seed of everything that is random. */
  seed: number;
  thread_id: string;
  settings: ThreadSettings;
  resumed: ResumedThread | null;
  catalog: CatalogOverrides;
  provider: ProviderSettings;
}

export type RecordingEntry = { t: number } & (
  | { type: "op"; op: TapedOp }
  | { type: "segment"; segment: Segment }
  /** What the model is offered from here on. Recordings of earlier versions are without: moat's own tools. */
  | { type: "offered"; specs: readonly ToolSpec[] }
  /** What a turn changed on the disk. */
  | { type: "files"; files: TurnFiles | null }
  | { type: "request"; n: number; url: string; body: string }
  | { type: "response"; n: number; status: number; headers: Record<string, string> }
  /** Bytes of a body as they came: as text where they are whole characters. */
  | { type: "chunk"; n: number; text: string }
  | { type: "chunk"; n: number; base64: string }
  | { type: "end"; n: number }
  /** The connection failed, before the answer or in it. */
  | { type: "error"; n: number; code: string; message: string }
  /** moat itself ended the request: after silence, or because it was interrupted. */
  | { type: "cancel"; n: number }
);

export interface Recording {
  head: RecordingHead;
  entries: RecordingEntry[];
}

/** Version of the form above; others cannot be played. */
export const RECORDING_VERSION = 1;

/** Reads a recording; a last line that was cut off is left out. */
export function readRecording(
  path: string,
  text: string,
): { ok: true; recording: Recording } | { ok: false; message: string } {
  try {
    const lines = text.split("\n").filter(Boolean);
    const values = lines.flatMap((line, index): unknown[] => {
      try {
        return [JSON.parse(line)];
      } catch (error) {
        if (index === lines.length - 1) return [];
        throw new Error(`line ${index + 1} is not JSON: ${(error as Error).message}`);
      }
    });
    const [head, ...entries] = values as [RecordingHead | undefined, ...RecordingEntry[]];
    if (head?.type !== "recording") return { ok: false, message: `${path} is no recording (moat exec --record FILE)` };
    if (head.version !== RECORDING_VERSION)
      return {
        ok: false,
        message: `${path} is a recording of version ${head.version}; this moat plays ${RECORDING_VERSION}`,
      };
    return { ok: true, recording: { head, entries } };
  } catch (error) {
    return { ok: false, message: `${path}: ${(error as Error).message}` };
  }
}

/** A repeatable source of numbers in [0, 1): mulberry32, which is small and even enough for delays and ids. */
export function seededRandom(seed: number): () => number {
  const state = { at: seed >>> 0 };
  return () => {
    state.at = (state.at + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state.at ^ (state.at >>> 15), 1 | state.at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a request says, whether it was handed over as text or as bytes; empty for any other body. */
export function sentText(body: unknown): string {
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
}
