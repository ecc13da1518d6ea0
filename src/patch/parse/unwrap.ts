/** The lines of a patch without what models wrap around it, and how many lines of the text came before. */
export interface UnwrappedPatch {
  lines: string[];
  /** 0-based index of the first of `lines` in the text. */
  offset: number;
}

const FENCE_OPEN = /^(`{3,}|~{3,})[\w+.-]*$/;
const HEREDOC_OPEN = /^(?:apply_?patch\s+)?<<-?\s*(['"]?)([A-Za-z_]\w*)\1$/;

/**
 * Splits a patch into lines and strips what may stand around it: blank lines, a code fence, a heredoc. A patch that uses
 * CRLF loses the CR of every line; in any other patch a CR belongs to its line.
 */
export function unwrapPatch(text: string): UnwrappedPatch {
  let lines = text.split("\n");
  if (/^\s*\S[^\n]*\r(\n|$)/.test(text)) lines = lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  let start = 0;
  let end = lines.length;
  for (;;) {
    while (start < end && isBlank(lines[start])) start++;
    while (start < end && isBlank(lines[end - 1])) end--;
    const closing = closingOf(lines[start]);
    if (closing === null || end - start < 2 || lines[end - 1]?.trim() !== closing) break;
    start++;
    end--;
  }
  return { lines: lines.slice(start, end), offset: start };
}

/** The line that closes the wrapper which `line` opens; null when it opens none. */
function closingOf(line: string | undefined): string | null {
  const opening = line?.trim() ?? "";
  return FENCE_OPEN.exec(opening)?.[1] ?? HEREDOC_OPEN.exec(opening)?.[2] ?? null;
}

function isBlank(line: string | undefined): boolean {
  return line !== undefined && line.trim() === "";
}
