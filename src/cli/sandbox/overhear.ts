// What a confined command says is passed on as it comes, and its end is kept: a refusal is explained by it.
import { fstatSync } from "node:fs";
import { writeThrough } from "../host.ts";

/** As much as explanations read (phrases.ts). */
const KEPT_BYTES = 64 * 1024;

/**
 * Which of a command's streams are overheard. `both`: they lead to one file, and stay in their order only as one stream. `none`: a
 * terminal, to which programs talk as to a person.
 */
export type Overheard = "none" | "errors" | "both";

/** Looks at this process's own standard output and error. */
export function overheard(stderr_is_tty: boolean): Overheard {
  if (stderr_is_tty) return "none";
  try {
    const [out, errors] = [fstatSync(1), fstatSync(2)];
    return out.dev === errors.dev && out.ino === errors.ino ? "both" : "errors";
  } catch {
    return "none"; // One of them is closed: so it is to the command.
  }
}

/**
 * Passes a stream on to a descriptor; resolves to its end as text. A reader that has gone ends the stream for the writer, too.
 * @param ended the command that writes has
 */
export async function passOn(stream: ReadableStream<Uint8Array>, fd: number, ended: Promise<unknown>): Promise<string> {
  const { drain } = await import("../../process/index.ts");
  let kept: Uint8Array = new Uint8Array();
  const take = (chunk: Uint8Array) => {
    if (!writeThrough(fd, chunk)) return false;
    kept = Buffer.concat([kept, chunk.subarray(-KEPT_BYTES)]).subarray(-KEPT_BYTES);
    return null;
  };
  await drain({ open: () => stream, pipe: null }, take, ended);
  return Buffer.from(kept).toString("utf8");
}
