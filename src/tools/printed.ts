/** Anything that acts on a terminal; line ends and tabs do not. */
const ACTS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
/** "Erase in line", the one sequence that matters for what a redrawn line shows. */
const ERASE = /\u001b\[([012]?)K/g;
/** Stand for it while other sequences are taken out: private characters, which no program prints. */
const TO_END = "\ue0f0";
const ALL = "\ue0f1";

/**
 * What a person would see of what a command printed: lines that were drawn over and over as they looked last, no colours, no
 * control characters. The model pays for what it reads, and a progress bar is thousands of lines of nothing.
 */
export function printedText(text: string): string {
  if (!ACTS.test(text)) return text;
  const marked = withoutStrings(text).replace(ERASE, (_, what) => (what === "2" ? ALL : what === "1" ? "" : TO_END));
  return Bun.stripANSI(marked)
    .split("\n")
    .map((line) => (/[\r\b\ue0f0\ue0f1]/.test(line) ? redrawn(line) : line))
    .join("\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/**
 * Without titles, links and other strings that a terminal takes in. One that never ends would swallow all that follows, and so would
 * controls beyond ASCII, which bytes of other encodings look like.
 */
function withoutStrings(text: string): string {
  return text
    .replace(/[\u0080-\u009f]/g, "")
    .replace(/\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)/g, "")
    .replace(/\u001b[\]PX^_]/g, "");
}

/** A line as it looks after everything that was written over it. */
function redrawn(line: string): string {
  const shown: string[] = [];
  let at = 0;
  for (const character of line.replace(/\r+$/, "")) {
    if (character === "\r") at = 0;
    else if (character === "\b") at = Math.max(0, at - 1);
    else if (character === TO_END) shown.length = Math.min(shown.length, at);
    else if (character === ALL) shown.fill(" ", 0, shown.length);
    else {
      while (shown.length < at) shown.push(" ");
      shown[at++] = character;
    }
  }
  return shown.join("").trimEnd();
}
