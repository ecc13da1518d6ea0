import { readRegular } from "../base/index.ts";
import type { ContentPart } from "../protocol/index.ts";

/** An image as a model takes it, or a sentence that says why there is none. */
export type ImageRead = { ok: true; part: ContentPart & { type: "input_image" } } | { ok: false; message: string };

/** Formats that all three wires take. */
const FORMATS = new Set(["png", "jpeg", "gif", "webp"]);
/** Largest file that is opened: far more than a screenshot or a photo has. */
const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** Pixels that are decoded at most: a small file can claim to be huge. */
const MAX_PIXELS = 100_000_000;
/** Longest side that is sent: OpenAI scales to this before it counts tokens, others to less. */
const MAX_SIDE = 2048;
/** Bytes that are sent at most: Anthropic takes 5 MB of base64, which are 3.75 MB. */
const MAX_SENT_BYTES = 3_750_000;
/** Quality of an image that has to become smaller than its own format makes it. */
const JPEG_QUALITY = 85;

/**
 * Reads an image file. It is decoded as a whole, because a broken image in the history would make the provider refuse
 * every later request, and made smaller where a provider would do that or refuse it.
 */
export async function readImage(path: string): Promise<ImageRead> {
  const refuse = (why: string): ImageRead => ({ ok: false, message: `cannot show ${path}: ${why}` });
  try {
    const read = readRegular(path, MAX_FILE_BYTES);
    if (!read.ok) return refuse(read.why);
    const { bytes } = read;
    const { format, width, height } = await new Bun.Image(bytes, { maxPixels: MAX_PIXELS }).metadata();
    if (!FORMATS.has(format)) return refuse(`${format} is not a format that models take; png, jpeg, gif and webp are`);
    const fits = Math.max(width, height) <= MAX_SIDE && bytes.length <= MAX_SENT_BYTES;
    if (fits) await new Bun.Image(bytes).resize(1, 1).png().bytes();
    const sent = fits ? { type: format, bytes } : await smaller(bytes, format);
    const image_url = `data:image/${sent.type};base64,${Buffer.from(sent.bytes).toString("base64")}`;
    return { ok: true, part: { type: "input_image", image_url, detail: "original" } };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

async function smaller(bytes: Uint8Array, format: string): Promise<{ type: string; bytes: Uint8Array }> {
  const fitted = () => new Bun.Image(bytes).resize(MAX_SIDE, MAX_SIDE, { fit: "inside", withoutEnlargement: true });
  // Of an animation the first picture is kept: there is no encoder for it.
  const type = format === "gif" ? "png" : format;
  const same = await (type === "png" ? fitted().png() : type === "webp" ? fitted().webp() : fitted().jpeg()).bytes();
  if (same.length <= MAX_SENT_BYTES) return { type, bytes: same };
  return { type: "jpeg", bytes: await fitted().jpeg({ quality: JPEG_QUALITY }).bytes() };
}
