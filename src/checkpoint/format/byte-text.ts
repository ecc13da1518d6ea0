/**
 * Names and paths of Linux are bytes, not text. Here they are strings with one character a byte (latin1), so that they
 * compare, join and serve as keys like strings and lose nothing.
 */
export type ByteText = string;

/** The same as bytes, as latin1 and as UTF-8: nearly all names. */
const PLAIN = /^[ -~]*$/;

export const fromBytes = (bytes: Uint8Array): ByteText => Buffer.from(bytes).toString("latin1");
export const toBytes = (text: ByteText): Buffer => Buffer.from(text, "latin1");

/** For calls that take a path. */
export const toArgument = (text: ByteText): string | Buffer => (PLAIN.test(text) ? text : toBytes(text));

/** From a path as the rest of moat has it. */
export const fromPath = (path: string): ByteText =>
  PLAIN.test(path) ? path : Buffer.from(path, "utf8").toString("latin1");

/** For people, and for the rest of moat: bytes that are no UTF-8 become U+FFFD. */
export const toPath = (text: ByteText): string => (PLAIN.test(text) ? text : toBytes(text).toString("utf8"));

/** A name below a directory. */
export const childPath = (directory: ByteText, name: ByteText): ByteText =>
  directory === "/" ? `/${name}` : `${directory}/${name}`;
