import { Buffer } from "node:buffer";
import { visibleLine } from "./visible.ts";

/** What a person is shown outside of the window, as sequences of the terminal; `Output.send` takes them. */

/** Characters of a title or notification: more than a tab or a message of a desktop shows. */
const MOST_WORDS = 200;
/** Bytes of text that terminals take into the clipboard at a time: 100,000 characters of base64 with what is around them (hterm). */
const MOST_COPIED = 74_994;

export function titleText(title: string): string {
  return `\x1b]2;${words(title)}\x1b\\`;
}

/** OSC 9;4: 3 is busy without a measure, 2 failed, 0 nothing. */
export function progressText(progress: "none" | "busy" | "failed"): string {
  return progress === "none" ? "\x1b]9;4;0\x1b\\" : `\x1b]9;4;${progress === "busy" ? "3" : "2;100"}\x1b\\`;
}

/** Whether a terminal knows OSC 9;4, by its environment: others take it for a notification. */
export function knowsProgress(env: Record<string, string | undefined>): boolean {
  if (env.TMUX || env.TERM?.startsWith("screen")) return false;
  if (env.WT_SESSION || env.ConEmuANSI === "ON" || Number(env.VTE_VERSION ?? 0) >= 7900) return true;
  if (env.TERM_PROGRAM === "iTerm.app") return newer(env.TERM_PROGRAM_VERSION ?? "", [3, 6, 6]);
  return env.TERM_PROGRAM === "ghostty" || env.TERM_PROGRAM === "WezTerm";
}

/** A notification of the desktop where the terminal has them (OSC 9), and the bell. */
export function notification(text: string): string {
  return `\x1b]9;${words(text)}\x1b\\\x07`;
}

/** Puts text into the clipboard (OSC 52). null: it is more than terminals take. */
export function copyText(text: string): string | null {
  const bytes = Buffer.from(text);
  return bytes.length > MOST_COPIED ? null : `\x1b]52;c;${bytes.toString("base64")}\x1b\\`;
}

/** Asks for the background (OSC 11); the answer is an event. */
export const ASK_BACKGROUND = "\x1b]11;?\x1b\\";
/** Asks whether the terminal speaks kitty's keyboard protocol; the answer is an event, or does not come. */
export const ASK_KITTY = "\x1b[?u";

const words = (text: string) => visibleLine(text).slice(0, MOST_WORDS);

function newer(version: string, least: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const differs = least.findIndex((part, index) => (parts[index] ?? 0) !== part);
  return differs === -1 || (parts[differs] ?? 0) > (least[differs] ?? 0);
}
