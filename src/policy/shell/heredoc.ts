import { type ReadList, readDollar } from "./expansion.ts";
import { atEnd, giveUp, innerReader, peek, type Reader } from "./reader.ts";
import type { Word } from "./word.ts";

/** Notes a here-document whose body starts on the next line. */
export function addHeredoc(r: Reader, target: Word, stripTabs: boolean): void {
  if (target.text === null || target.raw.includes("\n")) {
    giveUp(r, "a here-document has an unusual delimiter");
    return;
  }
  r.heredocs.push({ delimiter: target.text, quoted: !target.bare, strip_tabs: stripTabs });
}

/** Reads the bodies of the here-documents that were announced on the line that just ended. */
export function readHeredocs(r: Reader, readList: ReadList): void {
  const pending = r.heredocs;
  r.heredocs = [];
  for (const { delimiter, quoted, strip_tabs } of pending) {
    const start = r.pos;
    let end = -1;
    while (!atEnd(r) && end === -1) {
      const newline = r.text.indexOf("\n", r.pos);
      const line = r.text.slice(r.pos, newline === -1 ? undefined : newline);
      if ((strip_tabs ? line.replace(/^\t+/, "") : line) === delimiter) end = r.pos;
      if (!quoted && line.endsWith("\\")) {
        giveUp(r, "a here-document joins lines");
        return;
      }
      r.pos = newline === -1 ? r.text.length : newline + 1;
    }
    if (end === -1) {
      giveUp(r, `the here-document \`${delimiter}\` does not end`);
      return;
    }
    if (!quoted) readBody(r, start, end, readList);
  }
}

/** Finds the substitutions in a here-document whose delimiter is not quoted. */
function readBody(r: Reader, start: number, end: number, readList: ReadList): void {
  const inner = innerReader(r, r.text.slice(start, end));
  while (!atEnd(inner)) {
    const c = peek(inner);
    if (c === "\\") inner.pos += 2;
    else if (c === "$") readDollar(inner, readList, true);
    else if (c === "`") giveUp(inner, "a here-document has backquotes");
    else inner.pos++;
  }
  r.commands.push(...inner.commands);
  if (inner.problem !== null) giveUp(r, inner.problem);
}
