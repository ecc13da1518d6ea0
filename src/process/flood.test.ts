import { afterEach, describe, expect, test } from "bun:test";
import { closeSync, writeSync } from "node:fs";
import { join } from "node:path";
import { enlarge, openPipe } from "../sandbox/index.ts";
import { drain } from "./drain.ts";
import { readFlood } from "./flood.ts";

const opened: number[] = [];
afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
});

function pipe() {
  const ends = openPipe();
  if (ends === null) throw new Error("no pipe");
  opened.push(ends.read);
  return ends;
}

/** Sums up what is read as text. */
function reader(more: (length: number) => boolean = () => true) {
  const said = { text: "" };
  const take = (chunk: Uint8Array) => {
    said.text += new TextDecoder().decode(chunk);
    return more(said.text.length);
  };
  return { said, take };
}

describe.skipIf(process.platform !== "linux")("a pipe that is read without being told of each piece", () => {
  test("is read to its end, or until nothing comes, or until nobody wants more", async () => {
    const { read, write } = pipe();
    expect(enlarge(read)).toBe(true);
    // More than the pipe held before.
    writeSync(write, "a".repeat(300_000));
    const { said, take } = reader();
    expect(await readFlood(read, take)).toBe("quiet");
    expect(said.text).toBe("a".repeat(300_000));
    writeSync(write, "b".repeat(200_000));
    const few = reader((length) => length < 100_000);
    expect(await readFlood(read, few.take)).toBe("enough");
    closeSync(write);
    const rest = reader();
    expect(await readFlood(read, rest.take)).toBe("ended");
    expect(few.said.text + rest.said.text).toBe("b".repeat(200_000));
  });

  test("keeps the process alive, which a pause alone would not", async () => {
    const script = `
      const { readFlood } = await import(${JSON.stringify(join(import.meta.dir, "flood.ts"))});
      const { enlarge, openPipe } = await import(${JSON.stringify(join(import.meta.dir, "../sandbox/index.ts"))});
      const { read, write } = openPipe();
      enlarge(read);
      require("node:fs").writeSync(write, "x");
      const read_to = async () => console.log(await readFlood(read, () => true));
      read_to();`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    expect(await new Response(child.stdout).text()).toBe("quiet\n");
  });

  test("nothing is lost where a stream and direct reading take turns, however fast who prints and who reads are", async () => {
    const { read, write } = pipe();
    // Floods with silence between them; the last one ends without any.
    const script = "for n in 1 2 3; do seq 400000; sleep 0.05; done; seq 400000";
    const child = Bun.spawn(["/bin/sh", "-c", script], { stdout: write });
    closeSync(write);
    const hash = new Bun.CryptoHasher("sha256");
    let chunks = 0;
    const take = (chunk: Uint8Array) => {
      hash.update(chunk);
      // A reader that is behind now and then: the stream reads ahead meanwhile.
      return chunks++ % 7 === 0 ? new Promise<void>((resolve) => setImmediate(resolve)) : null;
    };
    await drain({ open: () => Bun.file(read).stream(), pipe: read }, take, child.exited);
    const numbers = `${Array.from({ length: 400_000 }, (_, at) => at + 1).join("\n")}\n`;
    const expected = new Bun.CryptoHasher("sha256").update(numbers.repeat(4)).digest("hex");
    expect(hash.digest("hex")).toBe(expected);
  });
});
