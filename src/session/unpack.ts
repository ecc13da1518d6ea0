import { isReserved, type TextPart } from "./line.ts";

/** Where an unpacker finds what a line refers to. Each gives null for what is not there. */
export interface Sources {
  blob(hash: string): string | null;
  /** The packed text of the item that this line completed. */
  text(seq: number): unknown;
  /** The packed history item that this line added. */
  item(seq: number): unknown;
  /** Told about everything that could not be put back. */
  lost(what: string): void;
}

/** What could not be put back; a text that says so takes its place. */
class Lost {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Puts back what a packed value refers to. The value itself is not changed. */
export function unpack(value: unknown, sources: Sources): unknown {
  const result = restore(value, sources);
  return result instanceof Lost ? `[${result.message}]` : result;
}

function restore(value: unknown, sources: Sources): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => unpack(one, sources));
  if (isReserved(value)) return follow(value as Record<string, unknown>, sources);
  const image = "image_url" in value ? restore(value.image_url, sources) : null;
  // Half an image is none: the provider would refuse the whole request.
  if (image instanceof Lost) return { type: "input_text", text: `[image: ${image.message}]` };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unpack(one, sources)]));
}

function follow(value: Record<string, unknown>, sources: Sources): unknown {
  if ("$item" in value) {
    const item = sources.item(Number(value.$item));
    return item === null ? lose(`a message of line ${value.$item} is lost`, sources) : unpack(item, sources);
  }
  if ("$join" in value) return join(Array.isArray(value.$join) ? value.$join : [], sources);
  const text = sources.blob(String(value.$blob));
  if (text === null) return lose(`${value.bytes} bytes are lost: blob ${value.$blob} is missing or damaged`, sources);
  return value.json === true ? JSON.parse(text) : text;
}

function join(parts: TextPart[], sources: Sources): string {
  return parts
    .map((part) => {
      if (typeof part === "string" || "$blob" in part) return String(unpack(part, sources));
      const text = sources.text(part.seq);
      if (text === null) return `[${lose(`output of line ${part.seq} is lost`, sources).message}]`;
      return String(unpack(text, sources)).slice(part.start, part.end);
    })
    .join("");
}

function lose(message: string, sources: Sources): Lost {
  sources.lost(message);
  return new Lost(message);
}
