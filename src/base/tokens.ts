/** Bytes of text that count as one token between two counts of a server; the figure that the field uses. */
export const BYTES_PER_TOKEN = 4;
