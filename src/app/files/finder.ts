import { readable } from "../../term/index.ts";
import type { InputBody } from "../state/input.ts";
import { searchFiles } from "./search.ts";
import { walk } from "./walk.ts";

/** A list of files is read again when it is older than this, in ms: what a turn made must be found. */
const FRESH_MS = 5000;

/** Where files come from, and where what was found goes. */
export interface FinderParts {
  /** Directory of the thread. Absolute. */
  cwd: string;
  /** `git ls-files -co --exclude-standard -z` of that directory; null: it is in no repository, or git cannot be had. */
  listed(signal: AbortSignal): Promise<string | null>;
  /** Aborts when the app ends: the list is read for every search to come, so that the end of one search does not end it. */
  signal: AbortSignal;
  feed(input: InputBody): void;
  /** Monotonic ms. */
  now(): number;
  /** Lets everything else go first. */
  pause(): Promise<void>;
}

/** Does the effect `find files`. A newer search ends the older one; the list is read once for many. */
export class FileFinder {
  readonly #parts: FinderParts;
  #list: { at: number; paths: Promise<readonly string[]> } | null = null;
  #latest = 0;

  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  async find(generation: number, query: string, signal: AbortSignal): Promise<void> {
    const { feed, pause } = this.#parts;
    this.#latest = generation;
    const old = () => this.#latest !== generation || signal.aborted;
    const paths = await this.#paths();
    if (old()) return;
    const search = searchFiles(paths, query, pause);
    let last = null;
    for await (const found of search) {
      if (old()) return;
      if (last !== null) feed({ type: "files", generation, ...last, done: false });
      last = found;
    }
    if (!old()) feed({ type: "files", generation, ...(last ?? { files: [], more: 0 }), done: true });
  }

  #paths(): Promise<readonly string[]> {
    const { now } = this.#parts;
    if (this.#list === null || now() - this.#list.at > FRESH_MS) this.#list = { at: now(), paths: this.#read() };
    return this.#list.paths;
  }

  async #read(): Promise<readonly string[]> {
    const { listed, cwd, signal } = this.#parts;
    const text = await listed(signal);
    const paths = text === null ? await walk(cwd, signal) : text.split("\0");
    const shown: string[] = [];
    for (let from = 0; from < paths.length; from += SLICE) {
      shown.push(...paths.slice(from, from + SLICE).filter(canBeTyped));
      await this.#parts.pause();
    }
    return shown;
  }
}

/** Paths that are looked at before keys are looked at again. */
const SLICE = 20_000;

/** A name that cannot be shown as it is cannot be typed either. */
const canBeTyped = (path: string) => path !== "" && !path.includes("\n") && readable(path) === path;
