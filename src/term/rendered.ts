import { readable } from "./visible.ts";

/** A style or a link as renderers write it: SGR, and OSC 8 ended by ST or BEL. */
const RENDERED = /\x1b\[([0-9;:]*)m|\x1b\]8;[^;\x00-\x1f\x7f]*;([^\x00-\x1f\x7f]*)(?:\x1b\\|\x07)/g;

/** Where a link may lead: what every terminal opens with a browser, a file viewer or a mail program, and no program of its own. */
const SCHEMES: readonly string[] = ["http:", "https:", "file:", "mailto:"];
/** What terminals take at most, in characters (VTE and iTerm2 ignore longer ones). */
const MAX_URL = 2083;
/** Styles that stay: reset, bold, dim, italic, underlined, reversed, struck, colours, and their ends. Not those that blink (5, 6) or hide (8). */
const KEPT = /^(?:[0-4]|7|9|2[2-479]|[34]\d|9[0-7]|10[0-7])?$/;

/** The text of a renderer, with its styles and links ended at its end; whatever else is in it is shown. */
export function renderedSafe(text: string): string {
  let safe = "";
  let at = 0;
  let open = { styled: false, link: false };
  for (const match of text.matchAll(RENDERED)) {
    safe += readable(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [kept, next] = match[1] === undefined ? linkTo(match[2] ?? "", open) : styleOf(match[1], open);
    safe += kept;
    open = next;
  }
  return `${safe}${readable(text.slice(at))}${open.styled ? "\x1b[0m" : ""}${open.link ? LINK_END : ""}`;
}

/** A text with a link around it, or as it is where the address is not one that may be opened. */
export function linked(text: string, url: string): string {
  const address = allowed(url);
  return address === null || text === "" ? text : `\x1b]8;;${address}\x1b\\${text}${LINK_END}`;
}

const LINK_END = "\x1b]8;;\x1b\\";

interface Open {
  styled: boolean;
  link: boolean;
}

function styleOf(parameters: string, open: Open): [string, Open] {
  const kept = wanted(parameters.split(";"));
  if (kept.length === 0) return ["", open];
  return [`\x1b[${kept.join(";")}m`, { ...open, styled: !["", "0"].includes(kept.at(-1) ?? "") }];
}

/** The parameters of styles that stay; what follows a 38, 48 or 58 belongs to it. */
function wanted(codes: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? "";
    const colour = code === "38" || code === "48" || code === "58";
    const more = colour ? (codes[index + 1] === "2" ? 4 : 2) : 0;
    if (KEPT.test(code.split(":")[0] ?? "")) kept.push(...codes.slice(index, index + more + 1));
    index += more;
  }
  return kept;
}

function linkTo(url: string, open: Open): [string, Open] {
  const address = url === "" ? null : allowed(url);
  const end = open.link ? LINK_END : "";
  return address === null
    ? [end, { ...open, link: false }]
    : [`${end}\x1b]8;;${address}\x1b\\`, { ...open, link: true }];
}

/** The address in ASCII, as URLs are written; null: not one of those. */
function allowed(url: string): string | null {
  const parsed = URL.parse(url);
  if (parsed === null || !SCHEMES.includes(parsed.protocol) || parsed.href.length > MAX_URL) return null;
  return /^[!-~]+$/.test(parsed.href) ? parsed.href : null;
}
