// The terminal that a process stands on, on a real pseudo terminal.
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const base = mkdtempSync(join(tmpdir(), "moat-tty-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A part of the program on a terminal of its own; `says` waits for a fact and gives those up to it. */
function start(part: string) {
  const facts = join(base, part);
  const state = { output: "" };
  // What the terminal is set to in the end is the last that is said.
  const words = [
    "sh",
    "-c",
    '"$@"; stty -a | grep -o -w -- "-\\?\\(icanon\\|echo\\|isig\\)" >>"$0"; echo over >>"$0"',
    facts,
  ];
  const program = [process.execPath, join(import.meta.dir, "fixtures/tty-program.ts"), part, facts];
  const child = Bun.spawn([...words, ...program], {
    terminal: {
      cols: 91,
      rows: 17,
      data: (_: unknown, bytes: Uint8Array) => {
        state.output += new TextDecoder().decode(bytes);
      },
    },
  });
  const said = () => (existsSync(facts) ? readFileSync(facts, "utf8") : "");
  const says = async (fact: string) => {
    while (!said().includes(`${fact}\n`) && child.exitCode === null) await Bun.sleep(5);
    const text = said();
    const at = text.indexOf(`${fact}\n`);
    return at === -1 ? text : text.slice(0, at + fact.length + 1);
  };
  /** What a terminal was told arrives later than a fact in a file. */
  const shows = async (text: string) => {
    while (!state.output.includes(text) && !child.terminal?.closed) await Bun.sleep(5);
  };
  return { child, says, shows, state, type: (text: string) => child.terminal?.write(text) };
}

test("its size is known", async () => {
  expect(await start("size").says("done")).toStartWith("91 × 17\ndone\n");
});

test("one that is stopped is not waited for, and gets every byte when it goes on", async () => {
  const { type, says, state, child } = start("full");
  type("\x13");
  expect(await says("full, shared ones wait: true")).toContain("full, shared ones wait: true");
  type("\x11");
  const sent = Number(/sent (\d+)/.exec(await says("done"))?.[1]);
  await child.exited;
  expect(sent).toBeGreaterThan(0);
  while (state.output.length < sent) await Bun.sleep(5);
  expect(state.output.match(/x/g)?.length).toBe(sent);
});

test("keys come at once and unseen; another program has it in between, and loses none", async () => {
  const { type, says, state } = start("read");
  await says("first reads");
  type("\x03");
  await says("other reads");
  type("ab");
  await says("second reads");
  type("\x1b[A");
  expect(await says("done")).toStartWith(
    [
      "first reads",
      'first got "\\u0003"',
      "other reads",
      "other got ab",
      "second reads",
      'second got "\\u001b[A"',
      "done",
      "",
    ].join("\n"),
  );
  expect(state.output).toBe("");
});

test("after an error that nobody expected it is as it was", async () => {
  const { says, shows, state } = start("crash");
  expect(await says("over")).toBe("painted\nisig\nicanon\necho\nover\n");
  await shows("\x1b[?1049l");
  await shows("as nobody expected");
  const off = ["?1049l", "?2004l", "?1004l", "?1000l", "?1006l", "<u", ">4m", "?25h", "?7h", "?2026l", "23;2t"];
  const last = (mode: string) => state.output.lastIndexOf(`\x1b[${mode}`);
  for (const mode of off) expect(last(mode), mode).toBeGreaterThan(Math.max(last("?25l"), last("?1049h")));
  expect(state.output.indexOf("as nobody expected")).toBeGreaterThan(0);
});

test("a question that was left writes nothing when its signal aborts later", async () => {
  const { type, says, shows, state } = start("dialog");
  await shows("confirm");
  type("\x03");
  await says("over");
  await shows("answered");
  expect(state.output).toEndWith("answered null");
});

test("one that is closed has ended", async () => {
  const { child, says } = start("hangup");
  await says("reads");
  child.terminal?.close();
  expect(await says("done")).toStartWith("reads\nended\ndone\n");
});
