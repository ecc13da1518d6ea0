import { read } from "node:fs";
import { answerTrust, type TrustQuestion } from "../config/index.ts";
import { loadDialogs, ReadingTime } from "../term/index.ts";
import type { Host } from "./contract.ts";
import { trustLine, trustText } from "./trust-text.ts";

/** How a person answered. */
export interface TrustAnswer {
  /** `later`: nothing was said; nothing is used, and the next start asks again. The others are remembered. */
  answer: "trust" | "refuse" | "later";
  /** A line that was read and is no answer: it belongs to the front end, as the first thing that was typed. */
  typed: string | null;
}

const LATER: TrustAnswer = { answer: "later", typed: null };

/**
 * Asks about a project and remembers the answer: in a dialog on a terminal, else as a typed line. Without a terminal a
 * folder that has no files in question is left alone: what waits on standard input is more likely a task.
 */
export async function askTrust(host: Host, question: TrustQuestion): Promise<TrustAnswer> {
  const dialog = host.stdin_is_tty && host.stdout_is_tty && host.env.TERM !== "dumb";
  if (!host.stdin_is_tty && question.files.length === 0) return LATER;
  const given = dialog ? await askInDialog(host, question) : await askTyped(host, question);
  if (given.answer !== "later") answerTrust(host.moat_home, question, given.answer);
  return given;
}

/** What a yes is good for, so that nobody has to know. */
const MEANING =
  "Trusted: commands may write in this folder, within the sandbox. Not trusted: nothing of it is run, and it is only read unless a flag says otherwise.";

async function askInDialog(host: Host, question: TrustQuestion): Promise<TrustAnswer> {
  const { inDialog } = await loadDialogs();
  if (question.files.length > 0) host.stdout(`${trustText(question)}\n`);
  const chosen = await inDialog((dialog) =>
    dialog.choose<"refuse" | "trust">({
      message: `${trustLine(question)}\n${MEANING}`,
      options: [
        { value: "refuse", label: "No", hint: "remembered; `moat config trust add` asks again", letters: ["n"] },
        { value: "trust", label: "Yes", hint: "until one of its files changes", letters: ["y"] },
      ],
      preselected: "refuse",
      signal: host.signal,
    }),
  );
  return chosen === null ? LATER : { answer: chosen, typed: null };
}

async function askTyped(host: Host, question: TrustQuestion): Promise<TrustAnswer> {
  host.stderr(`${trustText(question)}\n${MEANING}\n`);
  const reading = new ReadingTime();
  let early: string | null = null;
  while (true) {
    host.stderr(`${trustLine(question)} [y/N] `);
    let open = !host.stdin_is_tty;
    reading.begin(() => {
      open = true;
    });
    const line = await readLine(host.signal);
    reading.stop();
    // A pipe answers in advance; what a person typed before this could be read is their first message.
    if (line === null || open) return typedAnswer(line, early);
    if (line.trim() !== "") early = early === null ? line : `${early}\n${line}`;
  }
}

function typedAnswer(line: string | null, early: string | null): TrustAnswer {
  const word = line?.trim().toLowerCase();
  if (word === "y" || word === "yes") return { answer: "trust", typed: early };
  if (word === "n" || word === "no" || word === "") return { answer: "refuse", typed: early };
  return { answer: "later", typed: [early, line].filter((text) => text !== null).join("\n") || null };
}

/** One line of standard input, and not a byte more: the rest is for whoever reads next. null at its end. */
async function readLine(signal: AbortSignal): Promise<string | null> {
  const bytes: number[] = [];
  while (!signal.aborted) {
    const byte = await readByte(signal);
    if (byte === null) break;
    if (byte === 0x0a) return decode(bytes);
    bytes.push(byte);
  }
  return bytes.length > 0 && !signal.aborted ? decode(bytes) : null;
}

const decode = (bytes: number[]) => new TextDecoder().decode(Uint8Array.from(bytes)).replace(/\r$/, "");

/** null at the end of the input, and when the process is being ended. */
function readByte(signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve) => {
    const byte = Buffer.alloc(1);
    const onAbort = () => resolve(null);
    signal.addEventListener("abort", onAbort, { once: true });
    read(0, byte, 0, 1, null, (error, count) => {
      signal.removeEventListener("abort", onAbort);
      if (error?.code === "EAGAIN") Bun.sleep(AGAIN_MS).then(() => resolve(readByte(signal)));
      else resolve(error || count === 0 ? null : (byte[0] ?? null));
    });
  });
}

/** Pause before a non-blocking standard input is asked again, in ms: short beside typing, long beside a processor. */
const AGAIN_MS = 20;
