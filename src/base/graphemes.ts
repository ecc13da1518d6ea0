/** A segmenter takes some ms to make (its tables are loaded): not before a text needs it. */
const segmenter: { made?: Intl.Segmenter } = {};

/** A text in characters as a person counts them (Unicode UAX #29, grapheme clusters), whatever the language. */
export function graphemeSegments(text: string): Intl.Segments {
  segmenter.made ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return segmenter.made.segment(text);
}
