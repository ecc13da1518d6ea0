import type { InputPart } from "../../protocol/index.ts";

/** What a placeholder in the text stands for. */
export type Attached =
  | { type: "paste"; placeholder: string; text: string }
  /** Absolute, or from the directory of the thread. */
  | { type: "image"; placeholder: string; path: string };

/** From here on a paste is shown as a placeholder: about what a composer shows without scrolling. */
const LARGE_LINES = 10;
const LARGE_LENGTH = 2000;

/** Whether a paste is too large to be looked at in the composer. */
export function isLarge(text: string): boolean {
  return text.length > LARGE_LENGTH || linesOf(text) > LARGE_LINES;
}

/** A placeholder for a paste: `[pasted 214 lines]`; a number behind it where one of that name stands already. */
export function pasteOf(text: string, attached: readonly Attached[]): Attached {
  const lines = linesOf(text);
  const size = lines > 1 ? `${lines} lines` : `${text.length} characters`;
  return { type: "paste", placeholder: unique(`pasted ${size}`, attached), text };
}

export function imageOf(path: string, attached: readonly Attached[]): Attached {
  const name = path.replaceAll("\\", "/").split("/").at(-1) ?? path;
  return { type: "image", placeholder: unique(`image ${name.replace(/[[\]\n]/g, "_")}`, attached), path };
}

/** The path of an image, when that is all that was pasted: as it is dragged into a terminal, quoted or escaped, or as a file address. */
export function imagePath(pasted: string): string | null {
  const text = pasted.trim();
  if (text.includes("\n") || !/\.(?:png|jpe?g|gif|webp)['"]?$/i.test(text)) return null;
  const quoted = text.match(/^(["'])(.+)\1$/)?.[2];
  const plain = quoted ?? text.replace(/\\(.)/g, "$1");
  const path = plain.startsWith("file://") ? addressed(plain) : plain;
  return path !== null && /^(?:\/|~\/|\.{1,2}\/|[A-Za-z]:\\)/.test(path) ? path : null;
}

function addressed(address: string): string | null {
  try {
    return decodeURIComponent(new URL(address).pathname);
  } catch {
    return null;
  }
}

/** The placeholder that ends right before a place, or begins at it. */
export function placeholderAt(
  text: string,
  at: number,
  attached: readonly Attached[],
  side: "before" | "after",
): string | null {
  const fits = ({ placeholder }: Attached) =>
    side === "before" ? text.slice(0, at).endsWith(placeholder) : text.startsWith(placeholder, at);
  return attached.find(fits)?.placeholder ?? null;
}

/** The text with every paste in the place of its placeholder. */
export function expanded(text: string, attached: readonly Attached[]): string {
  const pastes = new Map(attached.flatMap((one) => (one.type === "paste" ? [[one.placeholder, one.text]] : [])));
  // One pass: what was pasted may itself look like a placeholder.
  return text.replace(/\[pasted [^\]\n]*\]/g, (found) => pastes.get(found) ?? found);
}

/** What goes to the model: the images that the text still names, then the whole text. */
export function partsOf(text: string, attached: readonly Attached[]): InputPart[] {
  const images = attached.flatMap((one): InputPart[] =>
    one.type === "image" && text.includes(one.placeholder) ? [{ type: "local_image", path: one.path }] : [],
  );
  const whole = expanded(text, attached);
  return whole.trim() === "" ? images : [...images, { type: "text", text: whole }];
}

const linesOf = (text: string) => text.replace(/\n$/, "").split("\n").length;

function unique(name: string, attached: readonly Attached[]): string {
  const taken = new Set(attached.map(({ placeholder }) => placeholder));
  let placeholder = `[${name}]`;
  for (let number = 2; taken.has(placeholder); number++) placeholder = `[${name} #${number}]`;
  return placeholder;
}
