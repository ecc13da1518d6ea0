/** A text on one line, cut to a length in characters. */
export function oneLine(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  const characters = [...line.slice(0, length * 2 + 2)];
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : line;
}
