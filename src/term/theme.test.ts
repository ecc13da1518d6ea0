import { describe, expect, test } from "bun:test";
import { luminance, parts } from "./colour.ts";
import { type Colours, coloursOf, THEMES, type Theme, themeFor } from "./index.ts";
import { palettes } from "./theme.ts";

const ROLES = ["text", "dim", "accent", "good", "warn", "bad", "added", "removed"] as const;

function theme(name: string, colours: Colours, dark = true): Theme {
  const made = themeFor(name, { dark, colours });
  if (made === null) throw new Error(`no theme ${name}`);
  return made;
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2). */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(parts(one)), luminance(parts(other))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test("among 256 colours green stays green, and red stays red", () => {
  const hues = (dark: boolean) =>
    (["good", "added", "bad", "removed"] as const).map((role) => {
      const [red = 0, green = 0, blue = 0] = cube(String(theme("default", "256", dark)[role]("x")));
      return green > red && green > blue ? "green" : red > green && red > blue ? "red" : `${red} ${green} ${blue}`;
    });
  expect([hues(true), hues(false)]).toEqual(Array(2).fill(["green", "green", "red", "red"]));
});

/** The three steps, 0 to 5, of the colour in the cube of 256 that a text is painted in. */
function cube(painted: string): number[] {
  const at = Number(painted.match(/38;5;(\d+)m/)?.[1]) - 16;
  return [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6];
}

test("there is no theme of a name that nobody gave", () => {
  for (const name of ["", "nope", "constructor", "toString"])
    expect(themeFor(name, { dark: true, colours: "16" })).toBeNull();
});

test("a role is the colour that the terminal can show", () => {
  const accents = (["truecolour", "256", "16", "none"] as const).map((colours) =>
    String(theme("default", colours).accent("x")),
  );
  expect(accents).toEqual(["\x1b[38;2;79;193;176mx\x1b[39m", "\x1b[38;5;73mx\x1b[39m", "\x1b[36mx\x1b[39m", "x"]);
  expect(String(theme("default", "16").dim("x"))).toBe("\x1b[2mx\x1b[22m");
  expect(String(theme("default", "truecolour", false).accent("x"))).toBe("\x1b[38;2;11;122;112mx\x1b[39m");
});

describe.each([...THEMES])("%s", (name) => {
  test("without colour, every role only makes its text safe", () => {
    const none = theme(name, "none");
    for (const role of [...ROLES, "bold"] as const) expect(String(none[role]("a\x1b"))).toBe("a\\x1b");
  });

  test("ansi asks for nothing but the sixteen", () => {
    for (const role of ROLES) {
      const painted = String(theme(name, name === "ansi" ? "truecolour" : "16")[role]("x"));
      expect(painted).toMatch(/^(?:\x1b\[(?:2|3\d|9\d)m)?x(?:\x1b\[(?:22|39)m)?$/);
    }
  });

  test("every colour can be read on its background", () => {
    const least = name === "contrast" ? 7 : 4.5;
    for (const [side, background] of [
      ["dark", "#1e1e1e"],
      ["light", "#ffffff"],
    ] as const) {
      for (const [role, { rgb }] of Object.entries(palettes()[name]?.[side] ?? {})) {
        if (rgb === null) continue;
        expect(contrast(rgb, background), `${side} ${role}`).toBeGreaterThanOrEqual(least);
      }
    }
  });
});

/** The sixteen colours of xterm as it comes, the worst that programs meet: SGR 30 to 37, then 90 to 97. */
const XTERM =
  "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff".split(
    " ",
  );

test("every palette has its name", () => expect([...THEMES]).toEqual(Object.keys(palettes())));

test.each([...THEMES])("%s can be read in xterm's own sixteen colours, dark and light", (name) => {
  for (const [side, background] of [
    ["dark", "#000000"],
    ["light", "#ffffff"],
  ] as const) {
    for (const [role, { ansi }] of Object.entries(palettes()[name]?.[side] ?? {})) {
      if (ansi === null || ansi < 30) continue;
      const colour = `#${XTERM[ansi < 90 ? ansi - 30 : ansi - 82]}`;
      expect(contrast(colour, background), `${side} ${role}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test.each([
  [{ TERM: "xterm-256color", COLORTERM: "truecolor" }, "truecolour"],
  [{ TERM: "xterm-256color", COLORTERM: "24bit" }, "truecolour"],
  [{ TERM: "xterm-direct" }, "truecolour"],
  [{ TERM: "xterm-256color" }, "256"],
  [{ TERM: "xterm" }, "16"],
  [{}, "16"],
  [{ TERM: "screen-256color", COLORTERM: "truecolor" }, "256"],
  [{ TERM: "screen-256color", COLORTERM: "truecolor", TMUX: "/tmp/x" }, "truecolour"],
  [{ TERM: "dumb", COLORTERM: "truecolor" }, "none"],
  [{ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }, "none"],
  [{ TERM: "xterm", NO_COLOR: "" }, "16"],
] as [Record<string, string>, Colours][])("%j shows %s", (env, colours) => expect(coloursOf(env)).toBe(colours));
