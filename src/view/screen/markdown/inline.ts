import { match } from "ts-pattern";
import { SafeText } from "../../../term/index.ts";
import type { Look } from "../contract.ts";
import { type Line, type Paint, type Run, reading } from "../text/line.ts";
import { hasStyles, italic, over, struck, underlined } from "../text/paint.ts";
import { type Element, type Node, plainText, textProp } from "./tree.ts";

/** Text with its marks as lines: one to each line end that stands there. */
export function inlineLines(nodes: readonly Node[], look: Look, paint: Paint | null = null): Line[] {
  const lines: Run[][] = [[]];
  for (const part of parts(nodes, look, paint)) {
    if (part === END) lines.push([]);
    else lines.at(-1)?.push(part);
  }
  return lines;
}

/** The end of a line. */
const END = Symbol("line end");
type Part = Run | typeof END;

function parts(nodes: readonly Node[], look: Look, paint: Paint | null): Part[] {
  return nodes.flatMap((node) => (typeof node === "string" ? texts(node, paint) : element(node, look, paint)));
}

function texts(text: string, paint: Paint | null): Part[] {
  return text.split(/\r?\n/).flatMap((line, index): Part[] => {
    const run = line === "" ? [] : [reading(line, paint)];
    return index === 0 ? run : [END, ...run];
  });
}

function element(node: Element, look: Look, paint: Paint | null): Part[] {
  const { theme } = look;
  const inside = (own: Paint) => parts(node.children, look, paint === null ? own : over(paint, own));
  return match(node.type)
    .returnType<Part[]>()
    .with("strong", () => inside(theme.bold))
    .with("em", () => inside(italic(theme)))
    .with("del", () => inside(struck(theme)))
    .with("code", () => {
      const mark = hasStyles(theme) ? "" : "`";
      return texts(`${mark}${plainText(node.children).replaceAll("\n", " ")}${mark}`, over(theme.accent, paint));
    })
    .with("br", () => [END])
    .with("a", () => link(node, look, paint))
    .with("img", () => image(node, look, paint))
    .otherwise(() => parts(node.children, look, paint));
}

/** A link has its address beside it, unless it is one already or the words name the same place. */
function link(node: Element, look: Look, paint: Paint | null): Part[] {
  const address = textProp(node, "href");
  const words = plainText(node.children);
  const own: Paint = (text) => SafeText.link(underlined(look.theme)(look.theme.accent(text)), address);
  const shown = parts(node.children, look, paint === null ? own : over(paint, own));
  return words === address || `mailto:${words}` === address || address === ""
    ? shown
    : [...shown, reading(` (${address})`, look.theme.dim)];
}

function image(node: Element, look: Look, paint: Paint | null): Part[] {
  const address = textProp(node, "src");
  return [reading(textProp(node, "alt") || "picture", paint), reading(` (${address})`, look.theme.dim)];
}
