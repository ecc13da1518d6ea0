// What a terminal was switched to is switched back, whatever happens; what it does not take at once is not lost.
import { describe, expect, test } from "bun:test";
import { type Mode, Modes } from "./modes.ts";
import { Output } from "./output.ts";
import { ASK_BACKGROUND, copyText, knowsProgress, notification, progressText, titleText } from "./tell.ts";

function setUp() {
  const log: string[] = [];
  const output = new Output((bytes) => {
    log.push(new TextDecoder().decode(bytes));
    return bytes.length;
  });
  const modes = new Modes(output, (on) => log.push(`raw ${on}`));
  return { log, output, modes, taken: () => log.splice(0).join("|") };
}

const ALL: readonly Mode[] = [
  "raw",
  "alternate",
  "paste",
  "focus",
  "mouse",
  "kitty-keys",
  "xterm-keys",
  "title",
  "progress",
];

describe("modes", () => {
  test("each is switched on once, and off only when it was on", () => {
    const { modes, taken } = setUp();
    modes.on("paste");
    modes.on("paste");
    expect([taken(), modes.has("paste")]).toEqual(["\x1b[?2004h", true]);
    modes.off("mouse");
    modes.off("paste");
    modes.off("paste");
    expect([taken(), modes.has("paste")]).toEqual(["\x1b[?2004l", false]);
  });

  test("restoring switches all off in the opposite order, in one write, and once", () => {
    const { modes, taken } = setUp();
    for (const mode of ALL) modes.on(mode);
    taken();
    modes.restore();
    const text = taken();
    const places = [
      "\x1b\\",
      "\x1b[?25h",
      "\x1b]9;4;0",
      "\x1b[23;2t",
      "\x1b[>4m",
      "\x1b[<u",
      "\x1b[?1000l",
      "\x1b[?1004l",
      "\x1b[?2004l",
      "\x1b[?1049l",
      "|raw false",
    ];
    const at = places.map((place) => text.indexOf(place));
    expect(at).toEqual([...at].sort((one, other) => one - other));
    expect(at[0]).toBe(0);
    expect(text.split("|").length).toBe(2);
    modes.restore();
    expect(taken()).toBe("");
  });

  test("restoring nothing writes nothing", () => {
    const { modes, taken } = setUp();
    modes.restore();
    expect(taken()).toBe("");
  });

  test("a program that stops gives the terminal back, and has it as before when it goes on", () => {
    const { modes, taken } = setUp();
    for (const mode of ["raw", "alternate", "paste"] as const) modes.on(mode);
    taken();
    modes.suspend();
    expect(taken()).toMatch(/\x1b\[\?2004l\x1b\[\?1049l\|raw false$/);
    modes.off("paste");
    modes.on("focus");
    expect(taken()).toBe("");
    modes.resume();
    expect(taken()).toBe("raw true|\x1b[?1049h|\x1b[?1004h");
    modes.suspend();
    taken();
    modes.restore();
    modes.resume();
    expect(taken()).toBe("");
  });
});

describe("a terminal that is slow", () => {
  function slow() {
    const later: { run: () => void; ms: number }[] = [];
    let taken = "";
    const state = { room: 10, drained: 0 };
    const output = new Output(
      (bytes) => {
        const part = bytes.subarray(0, state.room);
        state.room -= part.length;
        taken += new TextDecoder().decode(part);
        return part.length;
      },
      (run, ms) => later.push({ run, ms }),
    );
    output.onDrained = () => state.drained++;
    return { output, later, state, taken: () => taken };
  }

  test("gets everything in order, ten bytes at a time, with a timer only while something is left", () => {
    const { output, later, state, taken } = slow();
    output.send("0123456789");
    expect([output.drained, later.length]).toEqual([true, 0]);
    output.send("abcdefghijklmnop");
    output.send("qrstuvwxyz");
    expect([output.drained, later.length, state.drained]).toEqual([false, 1, 0]);
    for (let next = later.shift(); next !== undefined; next = later.shift()) {
      state.room = 10;
      next.run();
    }
    expect(taken()).toBe("0123456789abcdefghijklmnopqrstuvwxyz");
    expect([output.drained, state.drained]).toEqual([true, 1]);
  });

  test("is asked less and less often while it takes nothing", () => {
    const { output, later, state } = slow();
    state.room = 0;
    output.send("x");
    const waits: number[] = [];
    for (let count = 0; count < 8; count++) {
      const next = later.shift();
      if (next) waits.push(next.ms);
      next?.run();
    }
    expect(waits).toEqual([4, 8, 16, 32, 64, 100, 100, 100]);
    output.send("yz");
    state.room = 1;
    later.shift()?.run();
    expect(later.shift()?.ms).toBe(4);
  });

  test("is left at the end when it takes nothing", () => {
    const { output, state, taken } = slow();
    state.room = 0;
    output.send("x");
    output.flush("y");
    expect(taken()).toBe("");
  });

  test("that was closed takes nothing more, and nobody waits for it", () => {
    const output = new Output(() => {
      throw Object.assign(new Error("EIO"), { code: "EIO" });
    });
    output.send("x");
    expect([output.gone, output.drained]).toEqual([true, true]);
    output.send("y");
    output.flush("z");
    expect(output.drained).toBe(true);
  });
});

describe("outside of the window", () => {
  test("nothing of a text is obeyed", () => {
    expect(titleText("a\x1b\\\x07\nb")).toBe("\x1b]2;a\\x1b\\\\x07\\x0ab\x1b\\");
    expect(notification("done\x1b]0;x\x07")).toBe("\x1b]9;done\\x1b]0;x\\x07\x1b\\\x07");
    expect(titleText("x".repeat(5000)).length).toBeLessThan(300);
  });

  test("the clipboard gets bytes of UTF-8, as many as terminals take", () => {
    expect(copyText("ä漢")).toBe("\x1b]52;c;w6TmvKI=\x1b\\");
    expect(copyText("x".repeat(74_994))?.length).toBeLessThan(100_010);
    expect(copyText("x".repeat(74_995))).toBeNull();
  });

  test("progress is told as ConEmu has it, to terminals that know it", () => {
    expect([progressText("busy"), progressText("failed"), progressText("none")]).toEqual([
      "\x1b]9;4;3\x1b\\",
      "\x1b]9;4;2;100\x1b\\",
      "\x1b]9;4;0\x1b\\",
    ]);
    const known: [Record<string, string>, boolean][] = [
      [{}, false],
      [{ WT_SESSION: "x" }, true],
      [{ TERM_PROGRAM: "ghostty" }, true],
      [{ TERM_PROGRAM: "ghostty", TMUX: "x" }, false],
      [{ TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.6.6" }, true],
      [{ TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.5.14" }, false],
      [{ TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "4.0" }, true],
      [{ VTE_VERSION: "7900" }, true],
      [{ VTE_VERSION: "7600" }, false],
    ];
    for (const [env, knows] of known) expect(knowsProgress(env), JSON.stringify(env)).toBe(knows);
    expect(ASK_BACKGROUND).toBe("\x1b]11;?\x1b\\");
  });
});
