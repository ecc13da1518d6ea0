/**
 * Which options of a program only read, as its option parser sees them. All that are not listed, abbreviations too, are not
 * known. Where implementations differ (GNU, BSD, busybox, …) only what holds for each is listed.
 */
export interface OptionUsage {
  /** Letters of short options without a value; several may stand in one word. */
  flags?: string;
  /** Letters of short options with a value: the rest of the word, or the next word. */
  values?: string;
  /** Letters of short options whose value is the next word, also when letters follow, which are options of their own. */
  next?: string;
  /** Letters of short options whose value, if any, is the rest of the word. */
  optional?: string;
  /** Long options: `--name`, `--name=` with a value (behind `=` or the next word), `--name[=]` with one behind `=` or none. */
  long?: string;
  /** Whole words that are an option in themselves, such as `-ps` of xxd. */
  words?: string;
  /** A number is an option: `-5`. */
  numbers?: boolean;
  /** Highest number of operands. Then every word behind the first one counts: not all parsers look for options there. */
  operands?: number;
}
