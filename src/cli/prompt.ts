import type { Host } from "./contract.ts";

/** A prompt, or why there is none. */
export type PromptResult = { ok: true; text: string } | { ok: false; message: string; exit: number };

/** The task: the one positional argument, or standard input when that is `-` or absent. */
export async function readPrompt(args: string[], host: Host): Promise<PromptResult> {
  const [first, second] = args;
  if (second !== undefined) {
    return { ok: false, message: `one prompt is enough; put it in quotes (second argument: ${second})`, exit: 2 };
  }
  if (first !== undefined && first !== "-") return checked(first);
  if (host.stdin_is_tty) {
    const message = 'no prompt: give it as an argument, as in moat exec "explain this project", or pipe it in';
    return { ok: false, message, exit: 1 };
  }
  return decoded(await host.readStdin());
}

/** A prompt is text. Anything else is more likely a mistake than a wish. */
function decoded(bytes: Uint8Array): PromptResult {
  try {
    return checked(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { ok: false, message: "the prompt on standard input is not UTF-8 text", exit: 2 };
  }
}

function checked(text: string): PromptResult {
  if (text.includes("\0")) return { ok: false, message: "the prompt is not text: it holds a NUL byte", exit: 2 };
  if (text.trim() === "") return { ok: false, message: "the prompt is empty", exit: 1 };
  return { ok: true, text };
}
