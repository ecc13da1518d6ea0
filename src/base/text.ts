/**
 * What a file that a person wrote says: UTF-8, or UTF-16 with its mark, as some editors of Windows write it. The mark is no part of the
 * text.
 */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const wide = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : null;
  return new TextDecoder((wide ?? "utf-8") as Bun.Encoding).decode(bytes);
}
