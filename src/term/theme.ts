import { once } from "../base/index.ts";
import { colourCode } from "./colour.ts";
import { type Printable, SafeText } from "./safe-text.ts";

/** The eight roles that anything on the screen has one of, and bold for what is to be read first. Without colour they make text safe only. */
export interface Theme {
  name: string;
  dark: boolean;
  bold(text: Printable): SafeText;
  text(text: Printable): SafeText;
  dim(text: Printable): SafeText;
  accent(text: Printable): SafeText;
  good(text: Printable): SafeText;
  warn(text: Printable): SafeText;
  bad(text: Printable): SafeText;
  added(text: Printable): SafeText;
  removed(text: Printable): SafeText;
}

/** What a terminal can show. */
export type Colours = "truecolour" | "256" | "16" | "none";

type Role = Exclude<keyof Theme, "name" | "dark" | "bold">;

/** A colour as #rrggbb where the terminal can, and the SGR parameter of what comes nearest in its own palette. */
interface Paint {
  rgb: string | null;
  /** null: the terminal's own foreground. */
  ansi: number | null;
}

type Palette = Record<Role, Paint>;

const OWN: Paint = { rgb: null, ansi: null };
/** SGR 2, faint: grey on any background. */
const FAINT: Paint = { rgb: null, ansi: 2 };
const paint = (rgb: string | null, ansi: number): Paint => ({ rgb, ansi });

/** Green, yellow and cyan of the sixteen cannot be read on white (xterm's: 2.2, 1.7 and 2 to 1); blue, magenta and red can, in every stock palette. */
const [BLUE, MAGENTA] = [34, 35] as const;
/** Red on black has 3.6 to 1. */
const BRIGHT_RED = 91;

/** Palettes for a dark and a light background. Each colour has a contrast of at least 4.5 to 1 (WCAG 2.2, AA) on #1e1e1e or on white; `contrast` 7 to 1 (AAA). Made when they are asked for: as a table of the module they made every command start the engine's compiler. */
export const palettes = once(
  (): Record<string, { dark: Palette; light: Palette }> => ({
    default: {
      dark: {
        text: OWN,
        dim: paint("#8b949e", 2),
        accent: paint("#4fc1b0", 36),
        good: paint("#7cc36e", 32),
        warn: paint("#e0b050", 33),
        bad: paint("#f2777a", BRIGHT_RED),
        added: paint("#86c98a", 32),
        removed: paint("#ee8a80", BRIGHT_RED),
      },
      light: {
        text: OWN,
        dim: paint("#656d76", 2),
        accent: paint("#0b7a70", BLUE),
        good: paint("#1f7a2b", BLUE),
        warn: paint("#8a6100", MAGENTA),
        bad: paint("#c02a2e", 31),
        added: paint("#1f7a2b", BLUE),
        removed: paint("#b32d26", 31),
      },
    },
    contrast: {
      dark: {
        text: paint("#ffffff", 97),
        dim: paint("#c8c8c8", 37),
        accent: paint("#5ce6ff", 96),
        good: paint("#6cff7a", 92),
        warn: paint("#ffe14d", 93),
        bad: paint("#ff9a9a", 91),
        added: paint("#6cff7a", 92),
        removed: paint("#ff9a9a", 91),
      },
      light: {
        text: paint("#000000", 30),
        dim: paint("#4a4a4a", 30),
        accent: paint("#00504a", BLUE),
        good: paint("#0a5c12", BLUE),
        warn: paint("#6b4a00", MAGENTA),
        bad: paint("#9b0012", 31),
        added: paint("#0a5c12", BLUE),
        removed: paint("#9b0012", 31),
      },
    },
    ansi: { dark: ansiOnly(36, 32, 33, BRIGHT_RED), light: ansiOnly(BLUE, BLUE, MAGENTA, 31) },
  }),
);

/** Nothing but the terminal's own sixteen colours, as its user chose them. */
function ansiOnly(accent: number, good: number, warn: number, bad: number): Palette {
  const own = (ansi: number) => paint(null, ansi);
  return {
    text: OWN,
    dim: FAINT,
    accent: own(accent),
    good: own(good),
    warn: own(warn),
    bad: own(bad),
    added: own(good),
    removed: own(bad),
  };
}

/** Names of the themes, for settings and menus. */
export const THEMES: readonly string[] = ["default", "contrast", "ansi"];

/** A theme by its name for a terminal; null: there is none of that name. */
export function themeFor(name: string, { dark, colours }: { dark: boolean; colours: Colours }): Theme | null {
  const all = palettes();
  const own = Object.hasOwn(all, name) ? all[name] : undefined;
  if (own === undefined) return null;
  const palette = own[dark ? "dark" : "light"];
  const role = (which: Role) => brush(palette[which], colours);
  return {
    name,
    dark,
    bold: colours === "none" ? plain : (text) => SafeText.styled(text, 1, 22),
    text: role("text"),
    dim: role("dim"),
    accent: role("accent"),
    good: role("good"),
    warn: role("warn"),
    bad: role("bad"),
    added: role("added"),
    removed: role("removed"),
  };
}

/**
 * What colours a terminal shows, by what it says of itself: NO_COLOR (https://no-color.org), TERM, and COLORTERM, which
 * terminals with 24 bits set to `truecolor` or `24bit`.
 */
export function coloursOf(env: Record<string, string | undefined>): Colours {
  const term = env.TERM ?? "";
  if (env.NO_COLOR || term === "dumb") return "none";
  // GNU screen hands COLORTERM of the terminal around it on, and takes 24-bit colours for other styles; tmux turns them into what there is.
  const screen = term.startsWith("screen") && !env.TMUX;
  if (!screen && (/^(truecolor|24bit)$/.test(env.COLORTERM ?? "") || /-direct/.test(term))) return "truecolour";
  return /256color/.test(term) ? "256" : "16";
}

const plain = (text: Printable) => SafeText.of(text);

function brush({ rgb, ansi }: Paint, colours: Colours): (text: Printable) => SafeText {
  if (colours === "none") return plain;
  if (rgb !== null && colours !== "16") {
    const begin = colourCode(rgb, colours);
    return (text) => SafeText.styled(text, begin, 39);
  }
  if (ansi === null) return plain;
  return (text) => SafeText.styled(text, ansi, ansi === 2 ? 22 : 39);
}
