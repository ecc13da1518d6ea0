import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "../contract.ts";

/** Programs that print the clipboard's image as PNG, with the variable that says that their display is there. */
const READERS: readonly { needs: string | null; argv: readonly [string, ...string[]] }[] = [
  { needs: "WAYLAND_DISPLAY", argv: ["wl-paste", "--no-newline", "--type", "image/png"] },
  { needs: "DISPLAY", argv: ["xclip", "-selection", "clipboard", "-target", "image/png", "-out"] },
  { needs: null, argv: ["pngpaste", "-"] },
];

/** How long a program may take that reads the clipboard, in ms: whoever owns it may not answer at all. */
const LIMIT_MS = 3000;
/** The first bytes of every PNG (ISO/IEC 15948, 5.2). */
const PNG = [0x89, 0x50, 0x4e, 0x47];

/** The clipboard's image in a file of its own; null: it holds none, or nothing here can read it. */
export async function readClipboardImage(host: Host): Promise<string | null> {
  const [{ safePath }, { usualReach }] = await Promise.all([
    import("../../sandbox/index.ts"),
    import("../../open/index.ts"),
  ]);
  const PATH = safePath(host.env.PATH ?? "", await usualReach(host));
  for (const { needs, argv } of READERS) {
    const [name, ...args] = argv;
    const program = needs !== null && !host.env[needs] ? null : Bun.which(name, { PATH });
    if (program === null) continue;
    const child = Bun.spawn([program, ...args], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...host.env, PATH },
      timeout: LIMIT_MS,
    });
    const image = await child.stdout.bytes();
    if (!PNG.every((byte, at) => image[at] === byte)) continue;
    const file = join(mkdtempSync(join(tmpdir(), "moat-image-")), "clipboard.png");
    writeFileSync(file, image, { mode: 0o600 });
    return file;
  }
  return null;
}
