import { statSync } from "node:fs";
import { resolve } from "node:path";
import { FAILED, readNamed, readRegular, textOf, USAGE } from "../../base/index.ts";
import type { InputPart, JsonSchema } from "../../protocol/index.ts";
import type { Flags, Host } from "../contract.ts";
import { parseDuration } from "../duration.ts";
import { workingDirectory } from "../open-flags.ts";

/** What the flags of one headless run say, checked. */
export interface ExecOptions {
  /** Absolute. */
  cwd: string;
  json: boolean;
  deltas: boolean;
  color: "always" | "never" | "auto";
  images: InputPart[];
  output_schema: JsonSchema | null;
  /** Absolute. */
  last_message_file: string | null;
  /** ms; null: nobody said. */
  give_up_after_ms: number | null;
  require_evidence: string[];
  fail_on_decline: boolean;
}

export type ReadOptions = { ok: true; options: ExecOptions } | { ok: false; message: string; exit: number };

const text = (value: Flags[string]): string | null => (typeof value === "string" ? value : null);
const list = (value: Flags[string]): string[] => (Array.isArray(value) ? value : []);

/** Reads the flags of `moat exec`. A mistake on the command line exits with 2, a file or directory that is missing with 1. */
export async function readOptions(flags: Flags, host: Host): Promise<ReadOptions> {
  const color = text(flags.color) ?? "auto";
  if (color !== "always" && color !== "never" && color !== "auto")
    return usage(`--color ${color}: use always, never or auto`);
  const given = text(flags["give-up-after"]);
  const give_up_after_ms = given === null ? null : parseDuration(given);
  if (given !== null && give_up_after_ms === null)
    return usage(`--give-up-after ${given}: give a time, as in 90s or 10m`);
  const directory = workingDirectory(host, flags);
  if (!directory.ok) return directory;
  const schema = await readSchema(text(flags["output-schema"]), host);
  if (!schema.ok) return schema;
  const file = text(flags["output-last-message"]);
  if (file !== null && kindAt(resolve(host.cwd, file)) === "directory")
    return { ok: false, message: `-o ${file}: it is a directory, not a file`, exit: FAILED };
  const images = imagePaths(flags, host.cwd);
  for (const path of images) {
    const why = await imageProblem(resolve(host.cwd, path));
    if (why !== null) return { ok: false, message: `-i ${path}: ${why}; nothing was asked of the model`, exit: FAILED };
  }
  const quiet = flags.quiet === true && !host.env.PRETTY_PRINT;
  const options: ExecOptions = {
    cwd: directory.cwd,
    json: flags.json === true || flags["json-deltas"] === true || quiet,
    deltas: flags["json-deltas"] === true,
    color,
    images: images.map((path) => ({ type: "local_image", path: resolve(host.cwd, path) })),
    output_schema: schema.schema,
    last_message_file: file === null ? null : resolve(host.cwd, file),
    give_up_after_ms,
    require_evidence: list(flags["require-evidence"]),
    fail_on_decline: flags["fail-on-decline"] === true,
  };
  return { ok: true, options };
}

/** What is there; null: nothing, or nothing that can be looked at, as whoever opens it says. */
function kindAt(path: string): "file" | "directory" | null {
  try {
    const stat = statSync(path);
    return stat.isFile() ? "file" : stat.isDirectory() ? "directory" : null;
  } catch {
    return null;
  }
}

/** `-i a.png,b.png` is two images, unless there is a file of that very name. */
export function imagePaths(flags: Flags, cwd: string): string[] {
  return list(flags.image).flatMap((value) =>
    kindAt(resolve(cwd, value)) === "file" ? [value] : value.split(",").filter((path) => path !== ""),
  );
}

/** Bytes of a picture that are read; `src/tools/image.ts`, which sends it, reads as many. */
const MAX_IMAGE_BYTES = 50 * 1024 * 1024;

/** Why a model cannot be shown this file, found before it is paid; null: nothing is known against it. */
async function imageProblem(path: string): Promise<string | null> {
  const read = readRegular(path, MAX_IMAGE_BYTES);
  if (!read.ok) return read.why;
  try {
    await new Bun.Image(read.bytes).metadata();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type ReadSchema = { ok: true; schema: JsonSchema | null } | { ok: false; message: string; exit: number };

/** Bytes of a schema that are read: real ones have a few kilobytes. */
const MAX_SCHEMA_BYTES = 4 * 1024 * 1024;

/** Structured outputs take ten levels of objects, each some three levels of a schema; what walks a schema calls itself for each. */
const MAX_SCHEMA_DEPTH = 100;

/** The line, from 1, in which JSON is nested too deeply; null: in none. */
function tooDeepAt(json: string): number | null {
  let depth = 0;
  let line = 1;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}\n]/gs)) {
    if (token === "\n") line++;
    else if (token === "]" || token === "}") depth--;
    else if ((token === "[" || token === "{") && ++depth > MAX_SCHEMA_DEPTH) return line;
  }
  return null;
}

async function readSchema(name: string | null, { cwd, signal }: Host): Promise<ReadSchema> {
  if (name === null) return { ok: true, schema: null };
  const fail = (why: string, exit = FAILED): ReadSchema => ({
    ok: false,
    message: `--output-schema ${name}: ${why}`,
    exit,
  });
  const read = await readNamed(resolve(cwd, name), MAX_SCHEMA_BYTES, signal);
  if (!read.ok) return fail(read.why, read.exit);
  const content = textOf(read.bytes);
  const line = tooDeepAt(content);
  if (line !== null)
    return {
      ok: false,
      message: `--output-schema ${name}:${line}: brackets are nested deeper than ${MAX_SCHEMA_DEPTH} levels`,
      exit: FAILED,
    };
  try {
    const schema: unknown = JSON.parse(content);
    if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return fail("it is no JSON object");
    return { ok: true, schema: schema as JsonSchema };
  } catch (error) {
    return fail(`it is no JSON: ${(error as Error).message}`);
  }
}

function usage(message: string): { ok: false; message: string; exit: number } {
  return { ok: false, message, exit: USAGE };
}
