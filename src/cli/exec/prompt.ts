import type { NamedRead } from "../../base/index.ts";
import type { Host } from "../contract.ts";
import { readPiped } from "./stdin.ts";

/** A prompt (empty where an image says it all), or why there is none. `warning`: what was not read. */
export type PromptResult =
  | { ok: true; text: string; warning: string | null }
  | { ok: false; message: string; exit: number };

/**
 * The task: the one positional argument, or standard input when that is `-` or absent. What is piped in beside an argument
 * is added to it as a `<stdin>` block.
 *
 * @param images how many images go along; with one, there need be no words.
 */
export async function readPrompt(words: string[], images: number, host: Host): Promise<PromptResult> {
  const [first, second] = words;
  if (second !== undefined) {
    return { ok: false, message: `one prompt is enough; put it in quotes (second argument: ${second})`, exit: 2 };
  }
  if (first !== undefined && first !== "-") return beside(checked(first, images), host);
  if (!host.stdin_is_tty) {
    const read = await host.readStdin();
    return read.ok ? checked(decoded(read.bytes), images) : unread(read);
  }
  if (images > 0) return { ok: true, text: "", warning: null };
  const message = 'no prompt: give it as an argument, as in moat exec "explain this project", or pipe it in';
  return { ok: false, message, exit: 1 };
}

async function beside(prompt: PromptResult, host: Host): Promise<PromptResult> {
  if (!prompt.ok) return prompt;
  const piped = await readPiped(host);
  if (piped.type === "none") return prompt;
  if (piped.type === "silent") {
    const warning =
      "standard input is an open pipe without data and was not read; to wait for it, give - as the prompt";
    return { ...prompt, warning };
  }
  const { read } = piped;
  if (!read.ok) return unread(read);
  if (read.bytes.length === 0) return prompt;
  const more = decoded(read.bytes);
  if (more === null) return NOT_TEXT;
  const end = more.endsWith("\n") ? "" : "\n";
  return checked(`${prompt.text}\n\n<stdin>\n${more}${end}</stdin>`, 0);
}

const unread = ({ why, exit }: NamedRead & { ok: false }): PromptResult => ({
  ok: false,
  message: `standard input: ${why}`,
  exit,
});

const NOT_TEXT: PromptResult = { ok: false, message: "standard input is not UTF-8 text", exit: 2 };

/** A prompt is text. Anything else is more likely a mistake than a wish. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function checked(text: string | null, images: number): PromptResult {
  if (text === null) return NOT_TEXT;
  if (text.includes("\0")) return { ok: false, message: "the prompt is not text: it holds a NUL byte", exit: 2 };
  if (text.trim() === "" && images === 0)
    return { ok: false, message: 'the prompt is empty; say what to do: moat exec "explain this project"', exit: 1 };
  return { ok: true, text, warning: null };
}
