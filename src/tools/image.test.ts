import { afterAll, describe, expect, test } from "bun:test";
import { tempProject } from "../testkit/index.ts";
import { readImage } from "./image.ts";

const dir = tempProject();
afterAll(() => dir.remove());

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
const scaled = (width: number, height: number) => new Bun.Image(PIXEL).resize(width, height);
/** A picture that no encoder makes small. */
async function noise(width: number, height: number): Promise<Uint8Array> {
  const header = Buffer.alloc(54);
  header.write("BM");
  header.writeUInt32LE(54 + width * height * 3, 2);
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 65_536) crypto.getRandomValues(pixels.subarray(at, at + 65_536));
  return await new Bun.Image(Buffer.concat([header, pixels])).png().bytes();
}

async function sent(name: string, bytes: Uint8Array) {
  dir.write(name, bytes);
  const read = await readImage(dir.path(name));
  if (!read.ok) return read.message;
  const [, type = "", base64 = ""] = /^data:image\/(\w+);base64,(.*)$/.exec(read.part.image_url) ?? [];
  const out = Buffer.from(base64, "base64");
  return { type, bytes: out, ...(await new Bun.Image(out).metadata()) };
}

describe("readImage", () => {
  test("small pictures go as they are, whatever they are called", async () => {
    expect(await sent("a.png", PIXEL)).toMatchObject({ type: "png", bytes: PIXEL });
    expect(await sent("b.dat", GIF)).toMatchObject({ type: "gif", bytes: GIF });
    const jpeg = await scaled(4, 3).jpeg().bytes();
    expect(await sent("c.png", jpeg)).toMatchObject({ type: "jpeg", width: 4, height: 3 });
    expect(await sent("d.webp", await scaled(4, 3).webp().bytes())).toMatchObject({ type: "webp" });
  });

  test("large ones become smaller and keep their proportions", async () => {
    const image = await sent("large.png", await scaled(3000, 1500).png().bytes());
    expect(image).toMatchObject({ type: "png", format: "png", width: 2048, height: 1024 });
  });

  test("what is too many bytes in its own format becomes a jpeg", async () => {
    const png = await noise(1500, 1000);
    expect(png.length).toBeGreaterThan(3_750_000);
    const image = await sent("noise.png", png);
    expect(image).toMatchObject({ type: "jpeg", format: "jpeg", width: 1500 });
    expect((image as { bytes: Buffer }).bytes.length).toBeLessThan(3_750_000);
  });

  test("what is no whole picture is refused, so that it never reaches the history", async () => {
    const png = await scaled(300, 200).png().bytes();
    expect(await sent("cut.png", png.subarray(0, png.length / 2))).toContain("decode failed");
    expect(await sent("text.png", Buffer.from("hello"))).toContain("unrecognised format");
    expect(await sent("empty.png", new Uint8Array())).toContain("cannot show");
    dir.write("old.svg", "<svg/>");
    expect(await readImage(dir.path("old.svg"))).toMatchObject({ ok: false });
  });

  test("neither a directory, a device nor a pipe keeps it waiting", async () => {
    Bun.spawnSync(["mkfifo", dir.path("pipe")]);
    for (const path of [dir.dir, "/dev/zero", dir.path("pipe"), dir.path("none.png")]) {
      expect(await readImage(path)).toMatchObject({ ok: false });
    }
  });
});
