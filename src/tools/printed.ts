/** Anything that acts on a terminal; line ends and tabs do not. */
const ACTS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
/** "Erase in line", the one sequence that matters for what a redrawn line shows. */
const ERASE = /\u001b\[([012]?)K/g;
/** Stand for it while other sequences are taken out: private characters, which no program prints. */
const TO_END = 0xe0f0;
const ALL = 0xe0f1;
const [TO_END_TEXT, ALL_TEXT] = [String.fromCharCode(TO_END), String.fromCharCode(ALL)];
const BACKSPACE = 8;
const RETURN = 13;
const SPACE = 32;
const LAST_OF_ONE_UNIT = 0xffff;

/**
 * What a person would see of what a command printed: lines that were drawn over and over as they looked last, no colours, no
 * control characters. The model pays for what it reads, and a progress bar is thousands of lines of nothing.
 */
export function printedText(text: string): string {
  if (!ACTS.test(text)) return text;
  const erased = (_: string, what?: string) => (what === "2" ? ALL_TEXT : what === "1" ? "" : TO_END_TEXT);
  const marked = withoutStrings(text).replace(ERASE, erased);
  const lines = Bun.stripANSI(marked).split("\n");
  const cells = new Uint32Array(lines.reduce((most, line) => Math.max(most, line.length), 0));
  return lines
    .map((line) => (/[\r\b\ue0f0\ue0f1]/.test(line) ? redrawn(line, cells) : line))
    .join("\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g, "");
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

/**
 * A line as it looks after everything that was written over it.
 * @param cells room for its characters: a text for each would take thirty times as much
 */
function redrawn(line: string, cells: Uint32Array): string {
  const text = line.replace(/\r+$/, "");
  let [at, end] = [0, 0];
  for (let next = 0; next < text.length; next++) {
    const character = text.codePointAt(next) ?? 0;
    if (character > LAST_OF_ONE_UNIT) next++;
    if (character === RETURN) at = 0;
    else if (character === BACKSPACE) at = Math.max(0, at - 1);
    else if (character === TO_END) end = Math.min(end, at);
    else if (character === ALL) cells.fill(SPACE, 0, end);
    else {
      if (at > end) cells.fill(SPACE, end, at);
      cells[at++] = character;
      end = Math.max(end, at);
    }
  }
  return textFrom(cells.subarray(0, end)).trimEnd();
}

/** Characters that become text at once: as arguments of a call there may not be any number of them. */
const AT_ONCE = 4096;

function textFrom(characters: Uint32Array): string {
  let text = "";
  for (let at = 0; at < characters.length; at += AT_ONCE)
    // Spread out, they would be made into a list first.
    text += Reflect.apply(String.fromCodePoint, null, characters.subarray(at, at + AT_ONCE));
  return text;
}
